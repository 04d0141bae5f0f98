// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// A topic as its brokers describe it.
package struct TopicDescription: Sendable {
  package var partitionCount: Int
  package var leaderlessCount: Int
  /// Of the partition with the fewest replicas.
  package var replicaCountMin: Int
  /// Partitions of which a replica is not in sync.
  package var behindCount: Int
  /// Every setting of the topic with its value, also where it is the broker's default.
  package var config: [String: String]

  package init(
    partitionCount: Int, leaderlessCount: Int = 0, replicaCountMin: Int, behindCount: Int = 0,
    config: [String: String]
  ) {
    self.partitionCount = partitionCount
    self.leaderlessCount = leaderlessCount
    self.replicaCountMin = replicaCountMin
    self.behindCount = behindCount
    self.config = config
  }
}

extension Admin {
  /// The topics of these names; one that is missing is left out.
  ///
  /// Needs DESCRIBE and DESCRIBE_CONFIGS on each. Blocks up to twice the time.
  package func describe(
    _ names: [String], timeoutMilliseconds: Int32 = timeoutMillisecondsDefault
  ) throws(KafkaError) -> [String: TopicDescription] {
    let metadata = try ClusterMetadata(
      client.live, topic: nil, timeoutMilliseconds: timeoutMilliseconds)
    var found: [String: TopicDescription] = [:]
    for topic in metadata.topics
    where names.contains(topic.name) && topic.error == RD_KAFKA_RESP_ERR_NO_ERROR {
      found[topic.name] = TopicDescription(
        partitionCount: topic.partitionCount,
        leaderlessCount: topic.leaders.values.count { $0 < 0 },
        replicaCountMin: topic.replicas.map(\.all).min() ?? 0,
        behindCount: topic.replicas.count { $0.inSync < $0.all }, config: [:])
    }
    for name in found.keys.sorted() {
      found[name]?.config = try config(of: name, timeoutMilliseconds)
    }
    return found
  }

  private func config(
    of topic: String, _ timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [String: String] {
    let action = "describe the settings of topic \(topic)"
    guard let resource = unsafe rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic) else {
      throw KafkaError(.invalidArgument, "\(action): the name is not valid")
    }
    defer { unsafe rd_kafka_ConfigResource_destroy(resource) }
    let event = try unsafe answer(
      RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, action, timeoutMilliseconds: timeoutMilliseconds
    ) { client, options, queue in
      var resources: [OpaquePointer?] = unsafe [resource]
      unsafe rd_kafka_DescribeConfigs(client, &resources, 1, options, queue)
    }
    return try event.config(doing: action)
  }
}
