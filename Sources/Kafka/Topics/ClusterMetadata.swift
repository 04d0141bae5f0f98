// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Owns the answer to a metadata request.
@safe struct ClusterMetadata: ~Copyable {
  struct Topic {
    let name: String
    /// The leader of each partition, -1 where there is none.
    let leaders: [Int32: Int32]
    /// How many brokers keep each partition, and how many of them are in sync.
    let replicas: [(all: Int, inSync: Int)]
    let error: rd_kafka_resp_err_t

    var partitionCount: Int { leaders.count }
  }

  private let raw: UnsafePointer<rd_kafka_metadata>

  /// Asks for one topic, or with nil for all.
  ///
  /// Blocks up to the time.
  init(_ client: borrowing LiveClient, topic: String?, timeoutMilliseconds: Int32)
    throws(KafkaError)
  {
    var answer: UnsafePointer<rd_kafka_metadata>?
    let result: rd_kafka_resp_err_t
    if let topic {
      let handle = try TopicHandle(client, name: topic)
      result = unsafe rd_kafka_metadata(client.raw, 0, handle.raw, &answer, timeoutMilliseconds)
    } else {
      result = unsafe rd_kafka_metadata(client.raw, 1, nil, &answer, timeoutMilliseconds)
    }
    try KafkaError.check(result, doing: "ask the brokers for their topics")
    guard let answer = unsafe answer else {
      throw KafkaError(.timedOut, "the brokers gave no answer")
    }
    unsafe raw = answer
  }

  deinit { unsafe rd_kafka_metadata_destroy(raw) }

  var topics: [Topic] {
    unsafe UnsafeBufferPointer(start: raw.pointee.topics, count: Int(raw.pointee.topic_cnt)).map {
      let partitions = unsafe UnsafeBufferPointer(
        start: $0.partitions, count: Int($0.partition_cnt))
      return unsafe Topic(
        name: String(cString: $0.topic),
        leaders: Dictionary(partitions.map { unsafe ($0.id, $0.leader) }) { first, _ in first },
        replicas: partitions.map { unsafe (Int($0.replica_cnt), Int($0.isr_cnt)) },
        error: unsafe $0.err)
    }
  }

  /// A topic that is there and has partitions.
  func existing(_ name: String) throws(KafkaError) -> Topic {
    guard let topic = topics.first(where: { $0.name == name }) else {
      throw KafkaError(.unknownTopic, "the brokers do not know topic \(name)")
    }
    try KafkaError.check(topic.error, doing: "look up topic \(name)")
    guard topic.partitionCount > 0 else {
      throw KafkaError(.unknownTopic, "topic \(name) has no partitions")
    }
    return topic
  }
}
