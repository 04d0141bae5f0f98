// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Owns a `rd_kafka_event_t`, the answer to an administration request.
@safe struct Event: ~Copyable {
  private let raw: OpaquePointer

  init(consuming raw: OpaquePointer) { unsafe self.raw = raw }

  deinit { unsafe rd_kafka_event_destroy(raw) }

  /// Throws the request's error, or the first one of a single topic or partition in it.
  func check(doing action: String) throws(KafkaError) {
    let code = unsafe rd_kafka_event_error(raw)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw unsafe KafkaError(code, "\(action): \(Self.text(rd_kafka_event_error_string(raw)))")
    }
    try checkPartitions(doing: action)
    try checkTopics(doing: action)
  }

  private func checkPartitions(doing action: String) throws(KafkaError) {
    guard unsafe rd_kafka_event_type(raw) == RD_KAFKA_EVENT_DELETERECORDS_RESULT,
      let list = unsafe rd_kafka_DeleteRecords_result_offsets(raw)
    else { return }
    for element in unsafe PartitionList.elements(of: list) {
      try KafkaError.check(element.code, doing: action)
    }
  }

  private func checkTopics(doing action: String) throws(KafkaError) {
    var count = 0
    let topics: UnsafeMutablePointer<OpaquePointer?>?
    switch unsafe rd_kafka_event_type(raw) {
    case RD_KAFKA_EVENT_CREATETOPICS_RESULT:
      unsafe topics = rd_kafka_CreateTopics_result_topics(raw, &count)
    case RD_KAFKA_EVENT_DELETETOPICS_RESULT:
      unsafe topics = rd_kafka_DeleteTopics_result_topics(raw, &count)
    case RD_KAFKA_EVENT_CREATEPARTITIONS_RESULT:
      unsafe topics = rd_kafka_CreatePartitions_result_topics(raw, &count)
    default: return
    }
    for index in 0..<count {
      let topic = unsafe topics?[index]
      let code = unsafe rd_kafka_topic_result_error(topic)
      guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
      let reason = unsafe Self.text(rd_kafka_topic_result_error_string(topic))
      throw KafkaError(code, "\(action): \(reason)")
    }
  }

  /// Names and values that a request for settings has brought.
  func config(doing action: String) throws(KafkaError) -> [String: String] {
    var found: [String: String] = [:]
    var resourceCount = 0
    let result = unsafe rd_kafka_event_DescribeConfigs_result(raw)
    let resources = unsafe rd_kafka_DescribeConfigs_result_resources(result, &resourceCount)
    for index in 0..<resourceCount {
      let resource = unsafe resources?[index]
      let code = unsafe rd_kafka_ConfigResource_error(resource)
      guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
        let reason = unsafe Self.text(rd_kafka_ConfigResource_error_string(resource))
        throw KafkaError(code, "\(action): \(reason)")
      }
      var entryCount = 0
      let entries = unsafe rd_kafka_ConfigResource_configs(resource, &entryCount)
      for entry in 0..<entryCount {
        guard let name = unsafe rd_kafka_ConfigEntry_name(entries?[entry]),
          let value = unsafe rd_kafka_ConfigEntry_value(entries?[entry])
        else { continue }
        unsafe found[String(cString: name)] = String(cString: value)
      }
    }
    return found
  }

  private static func text(_ text: UnsafePointer<CChar>?) -> String {
    unsafe text.map { unsafe String(cString: $0) } ?? "no reason given"
  }
}
