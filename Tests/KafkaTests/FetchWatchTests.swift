// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Kafka
import Testing

/// What librdkafka does not tell, and what may mean another log: it is counted, before anything is
/// fetched after it, and nothing else is.
@Suite struct FetchWatchTests {
  let cluster: MockCluster
  let topic = "events"

  init() throws {
    cluster = try MockCluster(brokers: 2)
    try cluster.createTopic(topic, partitions: 1)
    try cluster.setLeader(topic, partition: 0, broker: 1)
    try cluster.setCoordinator(group: "readers", broker: 2)
  }

  /// A consumer that has read the first record.
  func reader() throws -> Probe {
    try produce(["first"], to: topic, brokers: cluster.brokers)
    let probe = try Probe(cluster.brokers, topic: topic)
    #expect(probe.poll { probe.values() == ["first"] && !probe.ends.isEmpty })
    return probe
  }

  @Test func nothingIsCountedWhileNothingHappens() throws {
    let probe = try reader()
    let values = (0..<2_000).map { "value \($0)" }
    let before = probe.consumer.doubtCount
    try produce(values, to: topic, brokers: cluster.brokers)
    #expect(probe.poll { probe.records.count == 1 + values.count })
    #expect(probe.consumer.doubtCount == before)
  }

  @Test(arguments: [
    KafkaError.Code.notLeader.rawValue, KafkaError.Code.unknownTopicOrPartition.rawValue,
    KafkaError.Code.leaderNotAvailable.rawValue, MockCluster.disconnect,
  ])
  func aRefusedFetchAndALostConnectionAreCounted(code: Int32) throws {
    let probe = try reader()
    let before = probe.consumer.doubtCount
    cluster.pushRequestErrors(.fetch, [code])
    try produce(["next"], to: topic, brokers: cluster.brokers)
    #expect(probe.poll { probe.values().last == "next" })
    #expect(probe.consumer.doubtCount > before)
    let topicPartitions = probe.consumer.doubtedPartitions(since: before)
    #expect(topicPartitions == (code == MockCluster.disconnect ? nil : [probe.partition(0)]))
  }

  @Test func aBrokerThatWasAwayIsCounted() throws {
    let probe = try reader()
    let before = probe.consumer.doubtCount
    try cluster.brokerDown(1)
    #expect(probe.poll { !probe.clientErrors.isEmpty })
    try cluster.brokerUp(1)
    try produce(["next"], to: topic, brokers: cluster.brokers)
    #expect(probe.poll { probe.values().last == "next" })
    #expect(probe.consumer.doubtCount > before)
  }

  @Test func aLeaderThatMovesIsCounted() throws {
    let probe = try reader()
    let before = probe.consumer.doubtCount
    try cluster.setLeader(topic, partition: 0, broker: 2)
    try produce(["next"], to: topic, brokers: cluster.brokers)
    #expect(probe.poll { probe.values().last == "next" })
    #expect(probe.consumer.doubtCount > before)
  }

  @Test func singleRecordsAreReadWithoutAGroup() throws {
    try produce((0..<10).map(String.init), to: topic, brokers: cluster.brokers)
    let probe = try Probe(cluster.brokers, topic: topic, subscribes: false)
    var found: [Int64] = []
    for offset in [Int64(4), 9, 10, 999] {
      try probe.consumer.readEach(
        [PartitionOffset(probe.partition(0), offset: offset)], timeoutMilliseconds: 10_000
      ) { _, message in found.append(message.offset) }
    }
    #expect(found == [4, 9], "the end and what lies behind it hold no record")
    #expect(probe.handler.dialogue == [])
  }
}
