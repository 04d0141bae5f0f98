// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Dispatch
import Kafka
import Postgres
import Records
import Telemetry
import Testing

@testable import Ingest

/// A stop that comes while the main thread waits for a server: before the workers are there, or for
/// the end of the run.
struct StartTests {
  private static func ends(_ settings: IngestSettings) throws {
    let health = Health()
    let ingester = RunningIngester(settings, health: health)
    #expect(eventually { health.report(all: true).contains("[-]kafka") })
    ingester.requestStop()
    // The brokers are waited for longer than this.
    try #require(ingester.wait(seconds: 5)).get()
  }

  @Test func aQuestionThatHangsIsLeftBehind() {
    let end = DispatchSemaphore(value: 0)
    defer { end.signal() }
    let question = ServerQuestion {
      end.wait()
      return 1
    }
    #expect(question.wait { true } == nil)
    #expect(ServerQuestion { 2 }.wait { false } == 2)
  }

  @Test func itDoesNotWaitForBrokers() throws {
    let settings = IngestSettings(
      sources: [IngestSettings.Source(topic: "events", stream: .invocations)],
      kafka: ConsumerSettings(brokers: "127.0.0.1:1", groupID: "group"),
      database: try TestServer.main().settings(database: "postgres"))
    try Self.ends(settings)
  }

  @Test func itDoesNotWaitForTheStoredOffsets() throws {
    let cluster = try MockCluster()
    try cluster.createTopic("events", partitions: 1)
    var settings = IngestSettings(
      sources: [IngestSettings.Source(topic: "events", stream: .invocations)],
      kafka: ConsumerSettings(brokers: cluster.brokers, groupID: "group"),
      database: ConnectionSettings(
        conninfo: "host=127.0.0.1 port=1 user=nobody", applicationName: "test"))
    settings.untilEnd = true
    try Self.ends(settings)
  }

  @Test func itDoesNotWaitForTheFirstPrices() throws {
    let cluster = try MockCluster()
    try cluster.createTopic("events", partitions: 1)
    let silent = SilentServer()
    let ingester = RunningIngester(
      IngestSettings(
        sources: [IngestSettings.Source(topic: "events", stream: .invocations)],
        kafka: ConsumerSettings(brokers: cluster.brokers, groupID: "group"),
        database: ConnectionSettings(
          conninfo: "host=127.0.0.1 port=\(silent.port) user=nobody", applicationName: "test")))
    #expect(ingester.hasStarted())
    #expect(ingester.wait(seconds: 1) == nil, "it waits")
    ingester.requestStop()
    // A connection is waited for longer than this.
    try #require(ingester.wait(seconds: 5)).get()
    withExtendedLifetime(silent) {}
  }

  /// Whether everything is stored is asked ten times a second. A record waits for clocks that
  /// agree.
  @Test func itDoesNotWaitForWhatIsStored() throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database, topics: ["events": 1])
      let proxy = try TCPProxy(to: try database.server.port(.transactionPooler))
      defer { proxy.close() }
      let host = ClockTests.Host()
      host.set(secondsAhead: 3_456_000)
      let tomorrow = Timestamp(
        microseconds: Timestamp.now().microseconds + 86_400 * ClockTests.second)
      try scene.produce(
        scene.invocations(0..<10)
          + [BatchFixture.invocation(10, occurredAt: tomorrow.description)], partitions: 1)
      var settings = try scene.settings(through: proxy, untilEnd: true)
      settings.clock = host.clock
      settings.shutdownDeadlineSeconds = 2
      let ingester = RunningIngester(settings)
      #expect(try eventually { try Sums(database).rows == 10 })
      proxy.set(.blackhole)
      #expect(ingester.wait(seconds: 1) == nil, "it waits")
      ingester.requestStop()
      // An answer of the database is waited for longer than this.
      try #require(ingester.wait(seconds: 6)).get()
    }
  }
}
