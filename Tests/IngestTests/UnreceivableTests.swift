// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Kafka
import Sysexits
import Telemetry
import Testing

@testable import Ingest

/// Answers of a broker that are larger than `receive.message.max.bytes`: librdkafka would ask for
/// them for ever. One after the other: a gauge of the process counts them.
@Suite(.serialized) struct UnreceivableTests {
  /// A broker answers with one batch at least, so one large record is enough.
  func settings(_ scene: MockScene, untilEnd: Bool = false) throws -> IngestSettings {
    var settings = try scene.settings(untilEnd: untilEnd)
    settings.kafka.client.overrides += [
      ("message.max.bytes", "2000"), ("fetch.max.bytes", "2000"),
      ("receive.message.max.bytes", "100000"),
    ]
    return settings
  }

  let large = String(repeating: "x", count: 900_000)

  @Test func itIsNotReadyAndGoesOnWhenRetentionTookTheRecord() throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database)
      let health = Health()
      try scene.produce(scene.invocations(0..<100))
      let ingester = RunningIngester(try settings(scene), health: health)
      #expect(try eventually { try Sums(database).rows == 100 })
      #expect(eventually { health.isReady })

      try scene.producer.produce(topic: "events", partition: 0, value: Array(large.utf8))
      try scene.producer.flush(timeoutMilliseconds: 10_000)
      #expect(eventually { !health.isReady })
      #expect(health.report(all: false).contains("[-]kafka-answers-worker-1 failed"))
      #expect(Metrics.exposition().contains("daybook_kafka_unreceivable_brokers{worker=\"1\"} 1\n"))
      #expect(ingester.wait(seconds: 1) == nil, "it may end by itself: nothing is given up")

      // The mock keeps 5 MiB of a partition: that one is halted, and the other can be read again.
      for _ in 0..<8 {
        try scene.producer.produce(topic: "events", partition: 0, value: Array(large.utf8))
        try scene.producer.flush(timeoutMilliseconds: 10_000)
      }
      for payload in scene.invocations(100..<110) {
        try scene.producer.produce(topic: "events", partition: 1, value: Array(payload.utf8))
      }
      try scene.producer.flush(timeoutMilliseconds: 10_000)
      #expect(try eventually { try Sums(database).rows == 110 })
      #expect(eventually { health.isReady })
      #expect(
        try database.value("SELECT halt_reason FROM ingest_offsets WHERE partition = 0") != nil)
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
      #expect(try Sums(database).problems(produced: 110, accepted: 110, cost: "27.5") == [])
    }
  }

  @Test func aRunWithAnEndSaysWhichPropertyToRaise() throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database)
      try scene.produce([large])
      let error = #expect(throws: IngestError.self) {
        try #require(RunningIngester(try settings(scene, untilEnd: true)).wait()).get()
      }
      #expect(error?.exitCode == ExitCode.unavailable)
      #expect(error?.description.contains("set receive.message.max.bytes to 18") == true)
    }
  }
}
