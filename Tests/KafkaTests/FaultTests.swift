// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Kafka
import Testing

@Suite struct FaultTests {
  let cluster: MockCluster
  let topic = "events"
  let values = (0..<100).map(String.init)

  init() throws {
    cluster = try MockCluster(brokers: 1)
    try cluster.createTopic(topic, partitions: 1)
  }

  @Test(arguments: [
    KafkaError.Code.notLeader.rawValue, KafkaError.Code.requestTimedOut.rawValue,
    MockCluster.disconnect,
  ])
  func failingFetchesLoseAndRepeatNothing(code: Int32) throws {
    let probe = try Probe(cluster.brokers, topic: topic)
    #expect(probe.poll { !probe.ends.isEmpty })
    cluster.pushRequestErrors(.fetch, [code, 0, code])
    try produce(values, to: topic, brokers: cluster.brokers)
    #expect(probe.poll { probe.values().count >= values.count })
    #expect(probe.values() == values)
    #expect(probe.fatal == nil)
  }

  @Test(arguments: [MockCluster.Request.joinGroup, .syncGroup])
  func failingJoinIsRepeated(request: MockCluster.Request) throws {
    cluster.pushRequestErrors(
      request, [KafkaError.Code.rebalanceInProgress.rawValue, MockCluster.disconnect])
    try produce(values, to: topic, brokers: cluster.brokers)
    let probe = try Probe(cluster.brokers, topic: topic)
    #expect(probe.poll { probe.values().count >= values.count })
    #expect(probe.handler.dialogue == ["assign 0"])
  }

  @Test func brokerThatComesBackIsUsedAgain() throws {
    let probe = try Probe(cluster.brokers, topic: topic)
    #expect(probe.poll { !probe.ends.isEmpty })
    try cluster.brokerDown(1)
    #expect(probe.poll { probe.clientErrors.contains { $0.code == .allBrokersDown } })
    #expect(probe.clientErrors.allSatisfy { $0.scope == .informational })
    try cluster.brokerUp(1)
    try produce(values, to: topic, brokers: cluster.brokers)
    #expect(probe.poll { probe.values().count >= values.count })
    #expect(probe.values() == values)
    #expect(probe.fatal == nil)
  }

  @Test(arguments: [
    KafkaError.Code.topicAuthorizationFailed, KafkaError.Code.unknownTopicOrPartition,
  ])
  func topicThatCannotBeReadIsAPartitionError(code: KafkaError.Code) throws {
    cluster.setTopicError(topic, code.rawValue)
    let probe = try Probe(cluster.brokers, topic: topic)
    #expect(probe.poll { !probe.partitionErrors.isEmpty })
    let (topicPartition, _, error) = try #require(probe.partitionErrors.first)
    #expect(topicPartition == TopicPartition(topic: topic, partition: -1))
    #expect(error.code == code)
    #expect(error.scope == .partition(.retries))
    #expect(!error.remedy.isEmpty)
  }

  @Test func groupThatMayNotBeJoinedIsAClientError() throws {
    let code = KafkaError.Code.groupAuthorizationFailed
    cluster.pushRequestErrors(.joinGroup, [code.rawValue])
    let probe = try Probe(cluster.brokers, topic: topic)
    #expect(probe.poll { probe.clientErrors.contains { $0.code == code } })
    #expect(code.scope == .client)
  }

  @Test func recordsThatTheLogDroppedAreAPartitionError() throws {
    let big = [UInt8](repeating: 7, count: 500_000)
    let producer = try Producer(settings: ClientSettings(brokers: cluster.brokers))
    for _ in 0..<15 {
      try producer.produce(topic: topic, partition: 0, value: big)
      try producer.flush(timeoutMilliseconds: 10_000)
    }
    let probe = try Probe(cluster.brokers, topic: topic, subscribes: false)
    let marks = try probe.consumer.watermarks(probe.partition(0), timeoutMilliseconds: 5_000)
    #expect(marks.low > 0)
    #expect(marks.high == 15)
    try probe.consumer.subscribe([topic])
    #expect(probe.poll { !probe.partitionErrors.isEmpty })
    #expect(probe.partitionErrors.first?.2.code == .autoOffsetReset)
    #expect(probe.records.isEmpty)
  }

  @Test func coordinatorMayMove() throws {
    let cluster = try MockCluster(brokers: 3)
    try cluster.createTopic(topic, partitions: 1)
    try cluster.setCoordinator(group: "readers", broker: 1)
    let probe = try Probe(
      cluster.brokers, topic: topic, overrides: [("heartbeat.interval.ms", "200")])
    #expect(probe.poll { !probe.ends.isEmpty })
    try cluster.setCoordinator(group: "readers", broker: 2)
    try cluster.setLeader(topic, partition: 0, broker: 3)
    try produce(values, to: topic, brokers: cluster.brokers)
    #expect(probe.poll { probe.values().count >= values.count })
    #expect(probe.values() == values)
  }
}
