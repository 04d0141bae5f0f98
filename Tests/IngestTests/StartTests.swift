// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Dispatch
import Kafka
import Postgres
import Records
import Telemetry
import Testing

@testable import Ingest

/// A stop that comes before the workers are there.
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
    let question = StartQuestion {
      end.wait()
      return 1
    }
    #expect(question.wait { true } == nil)
    #expect(StartQuestion { 2 }.wait { false } == 2)
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
}
