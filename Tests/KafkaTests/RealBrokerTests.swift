// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Kafka
import Testing

/// Against the Apache Kafka whose address is in the environment; without one they are skipped.
@Suite(.enabled(if: RealBroker.address != nil))
struct RealBrokerTests {
  let brokers: String
  let admin: Admin
  let topic = "daybook-test-\(UUID().uuidString)"

  init() throws {
    brokers = try #require(RealBroker.address)
    admin = try Admin(settings: ClientSettings(brokers: brokers))
  }

  @Test func topicLivesFromCreationToDeletion() throws {
    try admin.createTopic(topic, partitions: 2, config: [("retention.ms", "-1")])
    defer { try? admin.deleteTopic(topic) }
    let again = #expect(throws: KafkaError.self) { try admin.createTopic(topic, partitions: 2) }
    #expect(again?.code == .topicAlreadyExists)
    try admin.addPartitions(topic, total: 3)
    // Brokers learn of a change one after the other.
    let end = ContinuousClock.now + .seconds(30)
    while try admin.topics()[topic] != 3, ContinuousClock.now < end {}
    #expect(try admin.topics()[topic] == 3)
    try admin.deleteTopic(topic)
    let gone = #expect(throws: KafkaError.self) { try admin.deleteTopic(topic) }
    #expect(gone?.code == .unknownTopicOrPartition)
  }

  @Test func deletedRecordsAreAPartitionErrorAndNotSkipped() throws {
    try admin.createTopic(topic, partitions: 2)
    defer { try? admin.deleteTopic(topic) }
    try produce((0..<10).map(String.init), to: topic, partition: 0, brokers: brokers)
    try produce(["x"], to: topic, partition: 1, brokers: brokers)
    let probe = try Probe(brokers, topic: topic, group: topic, subscribes: false)
    try admin.deleteRecords(before: [PartitionOffset(probe.partition(0), offset: 4)])
    let marks = try probe.consumer.watermarks(probe.partition(0), timeoutMilliseconds: 10_000)
    #expect(marks == (4, 10))
    #expect(probe.consumer.clusterID(timeoutMilliseconds: 10_000)?.isEmpty == false)

    probe.handler.offsets = [0: 2]
    try probe.consumer.subscribe([topic])
    #expect(probe.poll { !probe.partitionErrors.isEmpty && probe.values(1) == ["x"] })
    #expect(probe.partitionErrors.first?.1 == 2)
    #expect(probe.partitionErrors.first?.2.code == .autoOffsetReset)
    #expect(probe.values(0).isEmpty)
  }

  @Test(arguments: ["range", "cooperative-sticky"])
  func everyRecordIsReadWhenConsumersComeAndGo(strategy: String) throws {
    try admin.createTopic(topic, partitions: 4)
    defer { try? admin.deleteTopic(topic) }
    let overrides = [("partition.assignment.strategy", strategy)]
    let first = try Probe(brokers, topic: topic, group: topic, overrides: overrides)
    #expect(first.poll { first.ends.count == 4 })
    let second = try Probe(brokers, topic: topic, group: topic, overrides: overrides)
    #expect(
      pollAll([first, second]) {
        first.consumer.assignment.count == 2 && second.consumer.assignment.count == 2
      })
    for partition in Int32(0)..<4 {
      try produce(["\(partition)"], to: topic, partition: partition, brokers: brokers)
    }
    #expect(pollAll([first, second]) { first.records.count + second.records.count >= 4 })
    let values = (first.records + second.records).compactMap(\.value)
    #expect(Set(values) == Set((0..<4).map { Array("\($0)".utf8) }))
    #expect(second.consumer.close(deadline: .seconds(10)))
    #expect(first.poll { first.consumer.assignment.count == 4 })
    #expect(first.fatal == nil && second.fatal == nil)
  }

  /// The heartbeats of the first are too slow to tell it.
  @Test func aStaticMemberIsToldThatItsNameWasTaken() throws {
    try admin.createTopic(topic, partitions: 1)
    defer { try? admin.deleteTopic(topic) }
    let overrides = [
      ("group.instance.id", "blue"), ("session.timeout.ms", "60000"),
      ("heartbeat.interval.ms", "30000"),
    ]
    func fatalError(_ probe: Probe) -> KafkaError? {
      probe.consumer.fatalError(
        afterCommitting: [PartitionOffset(probe.partition(0), offset: 0)],
        timeoutMilliseconds: 10_000)
    }
    let first = try Probe(brokers, topic: topic, group: topic, overrides: overrides)
    #expect(first.poll { first.ends.count == 1 })
    #expect(fatalError(first) == nil)
    let second = try Probe(brokers, topic: topic, group: topic, overrides: overrides)
    #expect(second.poll { second.ends.count == 1 })
    #expect(first.fatal == nil)
    #expect(fatalError(first)?.code == .fencedInstanceID)
    #expect(fatalError(second) == nil)
  }

  @Test func unknownTopicIsNamed() throws {
    let probe = try Probe(brokers, topic: topic, group: topic, subscribes: false)
    let error = #expect(throws: KafkaError.self) {
      try probe.consumer.partitionCount(topic: topic, timeoutMilliseconds: 10_000)
    }
    #expect(error?.code == .unknownTopicOrPartition)
  }
}
