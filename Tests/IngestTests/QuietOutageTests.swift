// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Kafka
import Postgres
import Records
import Telemetry
import Testing

@testable import Ingest

/// An outage of the database while no records come: there is no batch that could tell of it.
struct QuietOutageTests {
  @Test func itIsNotReady() throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database)
      let proxy = try TCPProxy(to: try database.server.port(.transactionPooler))
      defer { proxy.close() }
      let health = Health()
      let ingester = RunningIngester(try scene.settings(through: proxy), health: health)
      #expect(eventually { health.isReady })
      // Nothing fails before a limit of the connection has passed.
      proxy.set(.blackhole)
      #expect(eventually { !health.isReady })
      #expect(health.report(all: false).hasPrefix("[-]reference failed"))
      #expect(health.isAlive)
      proxy.set(.pass)
      #expect(eventually { health.isReady })
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
    }
  }

  /// No other test has errors of its class.
  @Test func aReadingThatFailsIsCounted() throws {
    let settings = IngestSettings(
      sources: [], kafka: ConsumerSettings(brokers: "", groupID: ""),
      database: try TestServer.main().settings(database: "no_such_database"))
    let stop = StopFlag()
    let health = Health()
    let refresher = ReferenceRefresher(
      settings, cache: ReferenceCache(schema: settings.schema),
      board: PositionBoard(StoredPositions(settings, cluster: "c")), stop: stop, health: health)
    func count() -> Double { Metrics.databaseErrors.sample(["3D", "true"]) ?? 0 }
    let before = count()
    refresher.start()
    defer {
      stop.request()
      refresher.join(by: .now + .seconds(5))
    }
    #expect(eventually { count() > before })
    #expect(eventually { health.report(all: false).contains("3D000") })
  }

  /// No other test has errors of its class.
  @Test func aClaimThatFailsIsCounted() throws {
    let cluster = try MockCluster()
    try cluster.createTopic("events", partitions: 1)
    var settings = IngestSettings(
      sources: [IngestSettings.Source(topic: "events", stream: .invocations)],
      kafka: ConsumerSettings(brokers: cluster.brokers, groupID: "group"),
      database: try TestServer.main().settings(database: "postgres"))
    settings.schema = "nowhere"
    let watch = BrokerWatch(settings, live: LiveSettingsBoard(settings.live), health: Health())
    watch.start()
    defer { watch.end(by: .now + .seconds(5)) }
    let claimer = Claimer(
      settings, owner: "me", cluster: "c", watch: watch, stop: StopFlag(),
      workerHealth: WorkerHealth(Health(), worker: 1))
    func count() -> Double { Metrics.databaseErrors.sample(["3F", "false"]) ?? 0 }
    let before = count()
    #expect(throws: IngestError.self) {
      _ = try claimer.claim([TopicPartition(topic: "events", partition: 0)])
    }
    #expect(count() == before + 1)
  }
}
