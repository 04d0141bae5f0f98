// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Administers topics, for set-up commands and tests.
///
/// Every call blocks up to the given time. For one thread only.
package final class Admin {
  let client: ClientHandle
  let context = ClientContext()

  package init(settings: ClientSettings) throws(KafkaError) {
    let configuration = try Configuration(settings, defaults: [])
    client = try configuration.makeClient(RD_KAFKA_PRODUCER, context: context)
  }

  /// Creates a topic; a replication factor of -1 leaves it to the broker.
  ///
  /// Throws `topicAlreadyExists` if there is one of the name.
  package func createTopic(
    _ name: String, partitions: Int32, replicationFactor: Int32 = -1,
    config: [(String, String)] = [], timeoutMilliseconds: Int32 = timeoutMillisecondsDefault
  ) throws(KafkaError) {
    let action = "create topic \(name)"
    var text = ErrorText()
    let made = unsafe text.filled {
      unsafe rd_kafka_NewTopic_new(name, partitions, replicationFactor, $0, $1)
    }
    guard let topic = unsafe made else {
      throw KafkaError(.invalidArgument, "\(action): name or number of partitions is not valid")
    }
    defer { unsafe rd_kafka_NewTopic_destroy(topic) }
    for (key, value) in config {
      try unsafe KafkaError.check(
        rd_kafka_NewTopic_set_config(topic, key, value), doing: "\(action), set \(key)")
    }
    try unsafe request(
      RD_KAFKA_ADMIN_OP_CREATETOPICS, action, timeoutMilliseconds: timeoutMilliseconds
    ) {
      client, options, queue in
      var topics: [OpaquePointer?] = unsafe [topic]
      unsafe rd_kafka_CreateTopics(client, &topics, 1, options, queue)
    }
  }

  /// The number of partitions of every topic that this login may see.
  package func topics(
    timeoutMilliseconds: Int32 = timeoutMillisecondsDefault
  ) throws(KafkaError) -> [String: Int] {
    let metadata = try ClusterMetadata(
      client.live, topic: nil, timeoutMilliseconds: timeoutMilliseconds)
    var counts: [String: Int] = [:]
    for topic in metadata.topics where topic.error == RD_KAFKA_RESP_ERR_NO_ERROR {
      counts[topic.name] = topic.partitionCount
    }
    return counts
  }

  package static let timeoutMillisecondsDefault: Int32 = 30_000
}
