// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Records
import Telemetry
import Testing

@testable import Ingest
@testable import Kafka

/// Rebalances and ends of partitions, as librdkafka would announce them.
struct SessionTests {
  static let topicPartition = TopicPartition(topic: "events", partition: 0)

  /// A session that owns contiguous partitions at offset 10 and fills its first batch.
  final class Scene {
    let cluster: MockCluster
    let consumer: Consumer
    let session: Session
    let health = Health()
    let handoff = Handoff(
      streams: [.invocations], filter: IdentityFilter(slotBits: 4), gate: RetryGate())

    init(partitions: Int32 = 1) throws {
      cluster = try MockCluster()
      try cluster.createTopic("events", partitions: partitions)
      let settings = IngestSettings(
        sources: [IngestSettings.Source(topic: "events", stream: .invocations)],
        kafka: ConsumerSettings(brokers: cluster.brokers, groupID: "group"),
        database: try TestServer.main().settings(database: "postgres"))
      let stop = StopFlag()
      let months = MonthGate()
      let workerHealth = WorkerHealth(health, worker: 1)
      let live = LiveSettingsBoard(settings.live)
      let watch = BrokerWatch(settings, live: live, health: Health())
      session = Session(
        settings, live: live, handoff: handoff,
        claimer: Claimer(
          settings, owner: "owner", cluster: "c", watch: watch, stop: stop,
          workerHealth: workerHealth),
        watch: watch, months: months,
        filler: BatchFiller(
          settings, months: months, references: ReferenceCache(schema: settings.schema),
          filter: IdentityFilter(slotBits: 16)),
        board: PositionBoard(StoredPositions(settings, cluster: "c")), stop: stop,
        workerHealth: workerHealth,
        generation: 1, worker: 1)
      consumer = try Consumer(settings: settings.kafka, rebalance: session)
      let states = (0..<partitions).map { partition in
        let claimed = ClaimedPartition(
          topic: "events", partition: partition, nextOffset: 10, epoch: 1, anchor: nil,
          haltReason: nil)
        return PartitionState(claimed: claimed, source: 0, isContiguous: true)
      }
      session.assignment.add(states)
      session.batch = handoff.takeEmpty(waitMilliseconds: 0)
      session.batch?.reset(generation: 1)
    }

    deinit {
      consumer.close(deadline: .seconds(2))
    }

    func fill(_ index: Int = 0) {
      session.assignment[index].span =
        session.batch?.openSpan(
          Batch.Span(
            stream: 0, topic: "events", partition: Int32(index), epoch: 1, from: 10, next: 11))
        ?? -1
    }

    var isAnythingSubmitted: Bool { !handoff.drain(until: .now) }
  }

  @Test func whatWasReadUnderALostAssignmentIsDropped() throws {
    let scene = try Scene()
    scene.fill()
    scene.session.revoke([Self.topicPartition], lost: true, consumer: scene.consumer)
    #expect(!scene.isAnythingSubmitted)
    #expect(scene.session.batch?.isEmpty == true)
    #expect(scene.handoff.isAbandoned(1))
    #expect(scene.session.generation == 2)
    #expect(scene.session.assignment.isEmpty)
    #expect(scene.session.restart == nil)
  }

  /// The dropped batch may have held records of partitions that stay.
  @Test func losingSomePartitionsReadsTheOthersAgain() throws {
    let scene = try Scene()
    scene.fill()
    let other = TopicPartition(topic: "events", partition: 1)
    scene.session.revoke([other], lost: true, consumer: scene.consumer)
    #expect(scene.session.restart != nil)
  }

  /// A record before the end was passed over for want of a batch: that is no gap.
  @Test(arguments: [true, false])
  func anEndAfterRecordsThatArePassedOverHaltsNothing(hasBatch: Bool) throws {
    let scene = try Scene()
    if hasBatch {
      scene.session.overrun = [Self.topicPartition]
    } else {
      scene.session.batch = nil
    }
    scene.session.reachEnd(of: Self.topicPartition, at: 12, scene.consumer)
    #expect(!scene.session.assignment[0].isHalted)
    #expect(scene.session.overrun == [Self.topicPartition])
    #expect(scene.session.restart == nil)
  }

  @Test func anEndBeyondTheExpectedRecordHaltsAContiguousTopic() throws {
    let scene = try Scene()
    scene.session.reachEnd(of: Self.topicPartition, at: 12, scene.consumer)
    #expect(scene.session.assignment[0].haltReason == HaltReason.offsetGap.rawValue)
  }

  /// Nothing is read again of a halted partition, but what the batch had of it is gone, too.
  @Test(arguments: [0, 1] as [Int32])
  func aBatchThatIsDroppedLeavesNothingOfAHaltedPartition(doubted: Int32) throws {
    let scene = try Scene(partitions: 2)
    if doubted == 0 { scene.fill(0) }
    scene.fill(1)
    scene.session.assignment[1].haltReason = HaltReason.offsetGap.rawValue
    let doubt = Doubt(
      why: "test", topicPartitions: [TopicPartition(topic: "events", partition: doubted)])
    scene.session.proveAgain(because: doubt, scene.consumer)
    #expect(scene.session.batch?.isEmpty == true)
    // What is sealed next would be written at places that another batch had.
    try #require(scene.session.assignment.states.map(\.span) == [-1, -1])
    scene.fill(0)
    scene.session.submit()
    #expect(scene.isAnythingSubmitted)
  }

  /// While a partition waited for its schema, a leader of another one has moved.
  @Test func noDoubtHidesAnother() throws {
    let scene = try Scene(partitions: 2)
    let session = scene.session
    let other = TopicPartition(topic: "events", partition: 1)
    session.provenAtDoubt = scene.consumer.doubtCount
    session.ownDoubt = Doubt(why: "test", topicPartitions: [other])
    scene.consumer.context.doubts.add(about: Self.topicPartition)
    let doubt = try #require(session.missedAnswers(scene.consumer))
    #expect(doubt.covers(other) && doubt.covers(Self.topicPartition))
    // Another one comes before the first is dealt with.
    scene.consumer.context.doubts.add(about: Self.topicPartition)
    session.proveAgain(because: doubt, scene.consumer)
    #expect(session.ownDoubt == nil)
    #expect(session.missedAnswers(scene.consumer)?.covers(Self.topicPartition) == true)
  }

  /// As librdkafka says it of a topic, once for each consumer.
  @Test func aTopicThatIsGoneConcernsNobodyWhoHasNothingOfIt() throws {
    let scene = try Scene()
    func fail(_ topic: String) {
      scene.session.partitionFailed(
        TopicPartition(topic: topic, partition: -1),
        KafkaError(.unknownTopicOrPartition, "test"), scene.consumer)
    }
    fail("another")
    #expect(scene.session.restart == nil)
    fail("events")
    #expect(scene.session.restart != nil)
  }

  /// Nothing that it writes could show that the database is back.
  @Test func whoHasNoPartitionsIsReadyWithoutTheDatabase() throws {
    let scene = try Scene()
    scene.session.workerHealth.postgres(failure: "test")
    scene.session.assignment.remove([Self.topicPartition])
    #expect(try scene.session.assign([], consumer: scene.consumer).isEmpty)
    #expect(scene.health.isReady)
  }

  /// What hinders a member from joining is over once the group has answered; nothing would tell of
  /// the end of what comes later.
  @Test func anErrorOfTheClientIsShownUntilTheGroupAnswers() throws {
    let scene = try Scene()
    func fail() {
      scene.consumer.context.report(KafkaError(.authentication, "the test refuses"))
      while scene.session.poll(scene.consumer, 0, { _ in }) {}
    }
    var isShown: Bool { scene.health.report(all: false).contains("the test refuses") }
    fail()
    #expect(isShown)
    scene.session.assignment.remove([Self.topicPartition])
    _ = try scene.session.assign([], consumer: scene.consumer)
    fail()
    #expect(scene.health.isReady)
    scene.session.revoke([], lost: false, consumer: scene.consumer)
    fail()
    #expect(isShown)
  }
}
