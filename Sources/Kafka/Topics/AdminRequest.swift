// SPDX-License-Identifier: Apache-2.0
import CRdKafka

extension Admin {
  /// Sends one request and waits for its answer.
  ///
  /// Throws the request's error, or the first one of a single topic or partition in it.
  func request(
    _ operation: rd_kafka_admin_op_t, _ action: String, _ timeoutMilliseconds: Int32,
    _ send: (_ options: OpaquePointer?, _ queue: OpaquePointer) -> Void
  ) throws(KafkaError) {
    let options = rd_kafka_AdminOptions_new(client.raw, operation)
    defer { rd_kafka_AdminOptions_destroy(options) }
    var text = [CChar](repeating: 0, count: errorTextBytesMax)
    let wait = max(1, timeoutMilliseconds)
    for set in [
      rd_kafka_AdminOptions_set_request_timeout, rd_kafka_AdminOptions_set_operation_timeout,
    ] {
      try KafkaError.check(set(options, wait, &text, text.count), doing: action)
    }
    let queue = EventQueue(client.raw)
    send(options, queue.raw)
    // The request ends by itself at its timeout; the margin is for the event's way back.
    guard let event = rd_kafka_queue_poll(queue.raw, wait &+ Self.marginMilliseconds) else {
      throw KafkaError(.timedOut, "\(action): no answer within \(wait) ms")
    }
    defer { rd_kafka_event_destroy(event) }
    let result = rd_kafka_event_error(event)
    guard result == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw KafkaError(result, "\(action): \(Self.text(rd_kafka_event_error_string(event)))")
    }
    try Self.checkParts(event, action)
  }

  private static func checkParts(_ event: OpaquePointer, _ action: String) throws(KafkaError) {
    var count = 0
    let topics: UnsafeMutablePointer<OpaquePointer?>?
    switch rd_kafka_event_type(event) {
    case RD_KAFKA_EVENT_CREATETOPICS_RESULT:
      topics = rd_kafka_CreateTopics_result_topics(event, &count)
    case RD_KAFKA_EVENT_DELETETOPICS_RESULT:
      topics = rd_kafka_DeleteTopics_result_topics(event, &count)
    case RD_KAFKA_EVENT_CREATEPARTITIONS_RESULT:
      topics = rd_kafka_CreatePartitions_result_topics(event, &count)
    default:
      if let list = rd_kafka_DeleteRecords_result_offsets(event) {
        for element in PartitionList.elements(of: list) {
          try KafkaError.check(element.err, doing: action)
        }
      }
      return
    }
    for topic in UnsafeBufferPointer(start: topics, count: count) {
      let result = rd_kafka_topic_result_error(topic)
      guard result != RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
      throw KafkaError(result, "\(action): \(text(rd_kafka_topic_result_error_string(topic)))")
    }
  }

  private static func text(_ text: UnsafePointer<CChar>?) -> String {
    text.map { String(cString: $0) } ?? "no reason given"
  }

  private static let marginMilliseconds: Int32 = 1_000
}
