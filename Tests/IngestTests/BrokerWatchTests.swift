// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Kafka
import Records
import Telemetry
import Testing

@testable import Ingest

/// One thread knows how far the logs reach; the others wait for it no longer than they want to.
struct BrokerWatchTests {
  /// Partition 0 of a topic is led by broker 1, partition 1 by broker 2.
  private final class Scene {
    let cluster: MockCluster
    let topic = "watched-\(UInt32.random(in: 0...UInt32.max))"
    let health = Health()
    let stop = StopFlag()
    let watch: BrokerWatch

    init() throws {
      cluster = try MockCluster(brokers: 2)
      try cluster.createTopic(topic, partitions: 2)
      for partition in 0..<2 {
        try cluster.setLeader(topic, partition: Int32(partition), broker: Int32(partition) + 1)
      }
      let settings = IngestSettings(
        sources: [IngestSettings.Source(topic: topic, stream: .invocations)],
        kafka: ConsumerSettings(brokers: cluster.brokers, groupID: "group"),
        database: try TestServer.main().settings(database: "postgres"))
      watch = BrokerWatch(settings, live: LiveSettingsBoard(settings.live), health: health)
      health.set(BrokerWatch.check, failure: "not asked yet")
      watch.start()
    }

    deinit {
      watch.end(by: .now + .seconds(5))
    }

    func topicPartition(_ partition: Int32) -> TopicPartition {
      TopicPartition(topic: topic, partition: partition)
    }

    func marks(_ partitions: [Int32], within limit: Duration) throws -> [TopicPartition: LogMark] {
      try watch.marks(of: partitions.map(topicPartition), within: limit, stop: stop)
    }
  }

  @Test func aLeaderThatDoesNotAnswerHidesOnlyItsOwnPartitions() throws {
    let scene = try Scene()
    let mark = LogMark(low: 0, high: 0, readableEnd: 0, partitionCount: 2)
    #expect(
      try scene.marks([0, 1], within: .seconds(20))
        == [scene.topicPartition(0): mark, scene.topicPartition(1): mark])
    #expect(eventually { scene.health.isReady })

    scene.watch.note { $0.own(scene.topicPartition(1), committed: 0, worker: 1) }
    defer { scene.watch.note { $0.forget(of: 1, except: []) } }
    try scene.cluster.setRoundTrip(2, milliseconds: 60_000)
    let start = ContinuousClock.now
    #expect(throws: KafkaError.self) { try scene.marks([0, 1], within: .seconds(2)) }
    #expect(ContinuousClock.now - start < .seconds(3), "it waits no longer than it was told")
    #expect(
      eventually {
        (try? scene.marks([0], within: .seconds(20))) == [scene.topicPartition(0): mark]
      })
    #expect(eventually(seconds: 20) { !scene.health.isReady })
    #expect(scene.health.report(all: false).contains("[-]kafka failed"))

    try scene.cluster.setRoundTrip(2, milliseconds: 0)
    #expect(eventually { (try? scene.marks([1], within: .seconds(5))) != nil })
    #expect(eventually(seconds: 20) { scene.health.isReady })
  }

  @Test func aStopEndsTheWaitForMarks() throws {
    let scene = try Scene()
    try scene.cluster.setRoundTrip(1, milliseconds: 60_000)
    scene.stop.request()
    let start = ContinuousClock.now
    #expect(throws: KafkaError.self) { try scene.marks([0], within: .seconds(60)) }
    #expect(ContinuousClock.now - start < .seconds(2))
  }

  @Test func theLagGrowsWithoutThePollingThreadAndSaysHowOldItIs() throws {
    let scene = try Scene()
    let labels = [scene.topic, "1"]
    let producer = try Producer(settings: ClientSettings(brokers: scene.cluster.brokers))
    func lag() -> Double? { Metrics.consumerLagRecords.sample(labels) }
    func produce() throws {
      try producer.produce(topic: scene.topic, partition: 1, value: [1])
      try producer.flush(timeoutMilliseconds: 10_000)
    }
    try produce()
    scene.watch.note { $0.own(scene.topicPartition(1), committed: 0, worker: 1) }
    #expect(eventually(seconds: 20) { lag() == 1 })
    try produce()
    #expect(eventually(seconds: 20) { lag() == 2 })
    scene.watch.note { $0.advance(scene.topicPartition(1), to: 2, recordTime: nil, worker: 1) }
    #expect(eventually(seconds: 20) { lag() == 0 })

    // Revoked, and not claimed again: what the database has may have changed since.
    scene.watch.note { $0.release([scene.topicPartition(1)], worker: 1) }
    let known = try #require(Metrics.consumerLagTimestamp.sample(labels))
    try produce()
    #expect(eventually(seconds: 20) { lag() == 1 })
    #expect(Metrics.consumerLagTimestamp.sample(labels) == known)
    scene.watch.note { $0.forget(of: 2, except: []) }
    #expect(lag() != nil, "another worker's")
    scene.watch.note { $0.forget(of: 1, except: []) }
    #expect(lag() == nil)
    #expect(Metrics.consumerLagTimestamp.sample(labels) == nil)
  }
}
