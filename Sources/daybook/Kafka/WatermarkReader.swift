// SPDX-License-Identifier: Apache-2.0
import Kafka

/// Asks the brokers how far topics reach, without joining the consumer group.
final class WatermarkReader {
  /// For one partition: a command must answer while a broker is away.
  static let timeoutMilliseconds: Int32 = 5_000
  private static let closeDeadline = Duration.seconds(2)

  let consumer: Consumer
  /// The cluster's name for itself; nil until a broker has answered.
  private(set) lazy var clusterID = consumer.clusterID(
    timeoutMilliseconds: Self.timeoutMilliseconds)

  init(_ settings: ConsumerSettings) throws(KafkaError) {
    consumer = try Consumer(settings: settings, rebalance: NoAssignment())
  }

  deinit { consumer.close(deadline: Self.closeDeadline) }

  /// How many partitions a topic has; nil if it is not there.
  func partitionCount(topic: String) throws(KafkaError) -> Int? {
    do throws(KafkaError) {
      return try consumer.partitionCount(
        topic: topic, timeoutMilliseconds: Self.timeoutMilliseconds)
    } catch {
      let isMissing = [.unknownTopicOrPartition, .unknownTopic, .unknownPartition].contains(
        error.code)
      guard isMissing else { throw error }
      return nil
    }
  }

  /// The first offset that exists and the one after the last.
  func watermarks(
    topic: String, partition: Int64, timeoutMilliseconds: Int32 = timeoutMilliseconds
  ) throws(KafkaError) -> (low: Int64, high: Int64) {
    let topicPartition = TopicPartition(topic: topic, partition: Int32(clamping: partition))
    return try consumer.watermarks(topicPartition, timeoutMilliseconds: timeoutMilliseconds)
  }

  /// A consumer that does not subscribe is never assigned anything.
  private final class NoAssignment: RebalanceHandler {
    func assign(_ added: [TopicPartition], consumer: Consumer) -> [PartitionOffset] { [] }
    func revoke(_ removed: [TopicPartition], lost: Bool, consumer: Consumer) {}
  }
}
