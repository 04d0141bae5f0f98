// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Owns the answer to a metadata request.
struct ClusterMetadata: ~Copyable {
  struct Topic {
    let name: String
    let partitionCount: Int
    let error: rd_kafka_resp_err_t
  }

  private let raw: UnsafePointer<rd_kafka_metadata>

  /// Asks for one topic, or with nil for all.
  ///
  /// Blocks up to the time.
  init(_ client: OpaquePointer, topic: String?, timeoutMilliseconds: Int32) throws(KafkaError) {
    var answer: UnsafePointer<rd_kafka_metadata>?
    let result: rd_kafka_resp_err_t
    if let topic {
      let handle = try TopicHandle(client, name: topic)
      result = rd_kafka_metadata(client, 0, handle.raw, &answer, timeoutMilliseconds)
    } else {
      result = rd_kafka_metadata(client, 1, nil, &answer, timeoutMilliseconds)
    }
    try KafkaError.check(result, doing: "ask the brokers for their topics")
    guard let answer else { throw KafkaError(.timedOut, "the brokers gave no answer") }
    raw = answer
  }

  deinit { rd_kafka_metadata_destroy(raw) }

  var topics: [Topic] {
    UnsafeBufferPointer(start: raw.pointee.topics, count: Int(raw.pointee.topic_cnt)).map {
      Topic(
        name: String(cString: $0.topic), partitionCount: Int($0.partition_cnt), error: $0.err)
    }
  }
}
