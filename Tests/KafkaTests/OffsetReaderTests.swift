// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Kafka
import Testing

/// Questions about offsets end in their time, whatever the leader does.
@Suite struct OffsetReaderTests {
  let cluster: MockCluster
  let topic = "events"

  /// Partition 0 is led by broker 1, which everything else asks too; partition 1 by broker 2.
  init() throws {
    cluster = try MockCluster(brokers: 2)
    try cluster.createTopic(topic, partitions: 2)
    for partition in 0..<2 {
      try cluster.setLeader(topic, partition: Int32(partition), broker: Int32(partition) + 1)
    }
  }

  private func topicPartition(_ partition: Int32) -> TopicPartition {
    TopicPartition(topic: topic, partition: partition)
  }

  @Test func marksOfALeaderThatDoesNotAnswerAreGivenUpInTime() throws {
    let consumer = try Consumer(
      settings: ConsumerSettings(brokers: cluster.brokers, groupID: "readers"),
      rebalance: RecordingHandler())
    defer { consumer.close(deadline: .seconds(2)) }
    #expect(try consumer.watermarks(topicPartition(1), timeoutMilliseconds: 10_000) == (0, 0))
    try cluster.setRoundTrip(2, milliseconds: 60_000)
    let start = ContinuousClock.now
    #expect(throws: KafkaError.self) {
      try consumer.watermarks(topicPartition(1), timeoutMilliseconds: 1_000)
    }
    #expect(ContinuousClock.now - start < .seconds(4))
    #expect(try consumer.watermarks(topicPartition(0), timeoutMilliseconds: 10_000) == (0, 0))
  }

  @Test func aReaderNeedsNoGroupAndKnowsLeadersAndBothEnds() throws {
    try produce(["a", "b", "c"], to: topic, partition: 1, brokers: cluster.brokers)
    let reader = try OffsetReader(
      ClientSettings(
        brokers: cluster.brokers, overrides: [("group.instance.id", "not for a reader")]),
      isolation: .uncommitted)
    defer { reader.close(deadline: .seconds(2)) }
    #expect(try reader.leaders(of: topic, timeoutMilliseconds: 10_000) == [0: 1, 1: 2])
    let both = [topicPartition(0), topicPartition(1)]
    #expect(
      try reader.offsets(.latest, of: both, timeoutMilliseconds: 10_000)
        == [topicPartition(0): 0, topicPartition(1): 3])
    #expect(
      try reader.offsets(.earliest, of: both, timeoutMilliseconds: 10_000)
        == [topicPartition(0): 0, topicPartition(1): 0])
    #expect(throws: KafkaError.self) {
      try reader.offsets(.latest, of: [topicPartition(7)], timeoutMilliseconds: 2_000)
    }
  }
}
