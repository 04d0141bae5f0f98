// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Kafka
import Testing

@Suite struct RebalanceTests {
  let cluster: MockCluster
  let topic = "events"

  init() throws {
    cluster = try MockCluster()
    try cluster.createTopic(topic, partitions: 4)
  }

  @Test func eagerHandsOverEverythingEachTime() throws {
    let first = try Probe(cluster.brokers, topic: topic)
    #expect(first.poll { first.ends.count == 4 })
    let second = try Probe(cluster.brokers, topic: topic)
    #expect(pollAll([first, second]) { first.ends.count >= 6 && second.ends.count >= 2 })
    #expect(first.handler.dialogue.prefix(2) == ["assign 0,1,2,3", "revoke 0,1,2,3"])
    let halves = [first.handler.dialogue.last, second.handler.dialogue.last]
    #expect(Set(halves) == ["assign 0,1", "assign 2,3"])
    #expect(first.consumer.close(deadline: .seconds(10)))
    #expect(first.handler.dialogue.last?.hasPrefix("revoke") == true)
    #expect(second.poll { second.handler.dialogue.last == "assign 0,1,2,3" })
    #expect(first.fatal == nil && second.fatal == nil)
  }

  @Test func cooperativeHandsOverTheDifference() throws {
    let overrides = [("partition.assignment.strategy", "cooperative-sticky")]
    let first = try Probe(cluster.brokers, topic: topic, overrides: overrides)
    #expect(first.poll { first.ends.count == 4 })
    let second = try Probe(cluster.brokers, topic: topic, overrides: overrides)
    #expect(
      pollAll([first, second]) {
        first.consumer.assignment.count == 2 && second.consumer.assignment.count == 2
      })
    let moved = second.consumer.assignment.map { String($0.partition) }.joined(separator: ",")
    let dialogue = first.handler.dialogue.filter { $0 != "assign " }
    #expect(dialogue == ["assign 0,1,2,3", "revoke \(moved)"])
    #expect(first.fatal == nil && second.fatal == nil)
  }

  @Test(arguments: ["range", "cooperative-sticky"])
  func partitionHeldBackIsGivenUpCleanly(strategy: String) throws {
    let overrides = [("partition.assignment.strategy", strategy)]
    try produce(["a"], to: topic, partition: 0, brokers: cluster.brokers)
    try produce(["b"], to: topic, partition: 3, brokers: cluster.brokers)
    let first = try Probe(cluster.brokers, topic: topic, overrides: overrides)
    first.handler.heldBack = [2, 3]
    #expect(first.poll { first.ends.count == 2 })
    #expect(first.consumer.assignment == [first.partition(0), first.partition(1)])
    #expect(first.values(0) == ["a"])
    #expect(first.values(3).isEmpty)
    let second = try Probe(cluster.brokers, topic: topic, overrides: overrides)
    #expect(pollAll([first, second]) { second.ends.count >= 2 })
    #expect(first.fatal == nil && second.fatal == nil)
    #expect(first.consumer.close(deadline: .seconds(10)))
    #expect(second.poll { second.consumer.assignment.count == 4 })
  }

  @Test func pausedPartitionRunsAfterANewAssignment() throws {
    let first = try Probe(cluster.brokers, topic: topic)
    #expect(first.poll { first.ends.count == 4 })
    try first.consumer.pause(first.consumer.assignment)
    for partition in [Int32(0), 2] {
      try produce(["a"], to: topic, partition: partition, brokers: cluster.brokers)
    }
    let second = try Probe(cluster.brokers, topic: topic)
    // The order of the members' ids, which nobody knows, decides who keeps which half; between two
    // rebalances the first may have read all of them.
    #expect(
      pollAll([first, second]) {
        second.ends.count >= 2 && (first.values(0) + first.values(2)).contains("a")
          && first.consumer.assignment.count == 2
      })
  }

  @Test(arguments: ["range", "cooperative-sticky"])
  func errorInTheHandlerIsFatal(strategy: String) throws {
    let probe = try Probe(
      cluster.brokers, topic: topic, overrides: [("partition.assignment.strategy", strategy)])
    probe.handler.failure = SomeFailure()
    #expect(probe.poll { probe.fatal != nil })
    #expect(probe.fatal?.code == .application)
    #expect(probe.fatal?.message.contains("SomeFailure") == true)
    #expect(probe.consumer.assignment.isEmpty)
    #expect(probe.consumer.close(deadline: .seconds(10)))
  }

  @Test func relativeOffsetIsRefused() throws {
    let probe = try Probe(cluster.brokers, topic: topic)
    probe.handler.offsets = [2: -2]
    #expect(probe.poll { probe.fatal != nil })
    #expect(probe.fatal?.code == .invalidArgument)
  }

  @Test func memberThatIsForgottenLosesItsPartitions() throws {
    let probe = try Probe(
      cluster.brokers, topic: topic, overrides: [("heartbeat.interval.ms", "200")])
    #expect(probe.poll { probe.ends.count == 4 })
    cluster.pushRequestErrors(.heartbeat, [KafkaError.Code.unknownMemberID.rawValue])
    #expect(probe.poll { probe.handler.dialogue.count >= 3 })
    #expect(
      probe.handler.dialogue.prefix(3) == ["assign 0,1,2,3", "lost 0,1,2,3", "assign 0,1,2,3"])
  }

  @Test func slowPollerLosesItsPartitions() throws {
    let probe = try Probe(
      cluster.brokers, topic: topic,
      overrides: [("max.poll.interval.ms", "6000")])
    #expect(probe.poll { probe.ends.count == 4 })
    let other = try Probe(cluster.brokers, topic: topic, group: "others")
    let end = ContinuousClock.now + .seconds(8)
    #expect(other.poll { ContinuousClock.now > end })
    #expect(probe.poll { probe.handler.dialogue.count >= 3 })
    #expect(probe.handler.dialogue == ["assign 0,1,2,3", "lost 0,1,2,3", "assign 0,1,2,3"])
    #expect(probe.clientErrors.map(\.scope) == [.membership])
  }

  private struct SomeFailure: Error {}
}
