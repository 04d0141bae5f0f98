// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Kafka
import Records
import Sysexits
import Testing

@testable import Ingest

@Suite(.enabled(if: Broker.isPresent, "needs DAYBOOK_TEST_KAFKA_BROKERS: run by ops/test"))
struct IngesterTests {
  static let partitions: Int32 = 4

  func settings(
    _ broker: Broker, _ database: TestDatabase, _ topic: String, workers: Int = 1,
    untilEnd: Bool = true, overrides: [(String, String)] = []
  ) throws -> IngestSettings {
    var settings = IngestSettings(
      sources: [IngestSettings.Source(topic: topic, stream: .invocations)],
      kafka: broker.group(overrides), database: try database.settings(.transactionPooler))
    settings.workerCount = workers
    settings.untilEnd = untilEnd
    settings.limits.recordCountMax = 500
    return settings
  }

  @Test(arguments: ["range", "cooperative-sticky"])
  func storesEverythingOnceAndGoesOnWhereItStopped(strategy: String) throws {
    let broker = try Broker()
    let topic = try broker.topic("once", partitions: Self.partitions)
    try TestDatabase.with { database in
      let good = (0..<2000).map { BatchFixture.invocation($0) }
      let payloads: [String?] = good + ["nonsense", nil, good[7], good[1999]]
      try broker.produce(payloads, to: topic, partitions: Self.partitions)
      let settings = try settings(
        broker, database, topic, workers: 2,
        overrides: [("partition.assignment.strategy", strategy)])
      try #require(RunningIngester(settings).wait()).get()
      #expect(
        try Sums(database).problems(produced: 2004, accepted: 2000, cost: "500") == [])

      try broker.produce([BatchFixture.invocation(5000), good[3]], to: topic, partitions: 1)
      try #require(RunningIngester(settings).wait()).get()
      #expect(
        try Sums(database).problems(produced: 2006, accepted: 2001, cost: "500.25") == [])
    }
  }

  @Test func whatIsWorthABatchDoesNotWaitForItsAge() throws {
    let broker = try Broker()
    let topic = try broker.topic("early", partitions: 1)
    try TestDatabase.with { database in
      var settings = try settings(broker, database, topic, untilEnd: false)
      settings.limits.recordCountMax = 20_000
      settings.limits.ageMillisecondsMax = 60_000
      let running = RunningIngester(settings)
      try broker.produce(
        (0..<3000).map { BatchFixture.invocation($0) }, to: topic, partitions: 1)
      #expect(try eventually { try Sums(database).rows >= settings.limits.recordCountMin })
      running.requestStop()
      #expect(throws: Never.self) { try running.wait()?.get() }
      #expect(try Sums(database).problems(produced: 3000, accepted: 3000, cost: "750") == [])
    }
  }

  /// The writers have nothing to do until the first batch is there.
  @Test func theFirstBatchesAfterAClaimGrow() throws {
    let broker = try Broker()
    let topic = try broker.topic("growing", partitions: 1)
    try broker.produce((0..<7500).map { BatchFixture.invocation($0) }, to: topic, partitions: 1)
    try TestDatabase.with { database in
      var settings = try settings(broker, database, topic, untilEnd: false)
      settings.limits.recordCountMax = 20_000
      settings.limits.recordCountMin = 20_000
      settings.limits.ageMillisecondsMax = 60_000
      let running = RunningIngester(settings)
      #expect(try eventually { try Sums(database).rows == 7500 })
      running.requestStop()
      #expect(throws: Never.self) { try running.wait()?.get() }
      let sizes = try database.value(
        "SELECT string_agg(seen::text, ' ' ORDER BY committed_at) FROM ingest_batches")
      #expect(sizes == "2500 5000")
      #expect(try Sums(database).problems(produced: 7500, accepted: 7500, cost: "1875") == [])
    }
  }

  /// The ends of short partitions are events between the records of the long ones.
  @Test func theEndOfAPartitionEndsNoBatch() throws {
    let broker = try Broker()
    let topic = try broker.topic("ends", partitions: 64)
    for (number, partitions) in stride(from: Int32(64), to: 0, by: -4).enumerated() {
      let payloads = (number * 400..<(number + 1) * 400).map { BatchFixture.invocation($0) }
      try broker.produce(payloads, to: topic, partitions: partitions)
    }
    try TestDatabase.with { database in
      var settings = try settings(
        broker, database, topic, overrides: [("fetch.message.max.bytes", "8192")])
      settings.limits.recordCountMax = 20_000
      settings.limits.recordCountMin = 1
      settings.limits.ageMillisecondsMax = 60_000
      #expect(throws: Never.self) { try RunningIngester(settings).wait()?.get() }
      #expect(try Sums(database).problems(produced: 6400, accepted: 6400, cost: "1600") == [])
      let batches = try database.value("SELECT count(*) FROM ingest_batches")
      #expect(try #require(batches.flatMap { Int($0) }) <= 8)
    }
  }

  @Test func aSecondIngesterTakesOverWhileTheFirstRuns() throws {
    let broker = try Broker()
    let topic = try broker.topic("rebalance", partitions: Self.partitions)
    try TestDatabase.with { database in
      let running = try settings(broker, database, topic, untilEnd: false)
      let first = RunningIngester(running)
      try broker.produce(
        (0..<1000).map { BatchFixture.invocation($0) }, to: topic, partitions: 4)
      #expect(try eventually { try Sums(database).rows == 1000 })
      let second = RunningIngester(running)
      try broker.produce(
        (1000..<2000).map { BatchFixture.invocation($0) }, to: topic, partitions: 4)
      #expect(
        try eventually {
          try Sums(database).rows == 2000
        })
      first.requestStop()
      #expect(throws: Never.self) { try first.wait()?.get() }
      try broker.produce(
        (2000..<3000).map { BatchFixture.invocation($0) }, to: topic, partitions: 4)
      #expect(try eventually { try Sums(database).rows == 3000 })
      second.requestStop()
      #expect(throws: Never.self) { try second.wait()?.get() }
      #expect(try Sums(database).problems(produced: 3000, accepted: 3000, cost: "750") == [])
    }
  }

  @Test func anUnknownTopicIsASettingToCorrectAndIsReadOnceItIsThere() throws {
    let broker = try Broker()
    let topic = try broker.topic("now", partitions: 2)
    try TestDatabase.with { database in
      var settings = try settings(broker, database, topic)
      let later = topic + "-later"
      settings.sources.append(IngestSettings.Source(topic: later, stream: .invocations))
      let error = #expect(throws: IngestError.self) {
        try #require(RunningIngester(settings).wait()).get()
      }
      #expect(error?.exitCode == ExitCode.configuration)
      #expect(error?.description.contains(later) == true)
      #expect(error?.description.contains("create the topic") == true)

      try broker.admin.createTopic(later, partitions: 1)
      try broker.produce((0..<10).map { BatchFixture.invocation($0) }, to: topic, partitions: 2)
      try broker.produce((10..<20).map { BatchFixture.invocation($0) }, to: later, partitions: 1)
      try #require(RunningIngester(settings).wait()).get()
      #expect(try Sums(database).problems(produced: 20, accepted: 20, cost: "5") == [])
      #expect(try database.value("SELECT count(DISTINCT source_topic) FROM invocations") == "2")
    }
  }

  @Test(.enabled(if: Broker.isReal, "the embedded broker cannot delete records"))
  func recordsThatRetentionTookHaltThePartitionForGood() throws {
    let broker = try Broker()
    let topic = try broker.topic("retention", partitions: 1)
    try TestDatabase.with { database in
      let settings = try settings(broker, database, topic)
      try broker.produce((0..<10).map { BatchFixture.invocation($0) }, to: topic, partitions: 1)
      try #require(RunningIngester(settings).wait()).get()
      try broker.produce((10..<20).map { BatchFixture.invocation($0) }, to: topic, partitions: 1)
      try broker.admin.deleteRecords(before: [
        PartitionOffset(TopicPartition(topic: topic, partition: 0), offset: 15)
      ])
      for _ in 0..<2 {
        let result = try #require(RunningIngester(settings).wait())
        #expect(throws: IngestError.self) { try result.get() }
        #expect(
          try database.value("SELECT halt_reason || ': ' || halt_detail FROM ingest_offsets")
            == "offset_below_low_watermark: records [10, 15) are gone from the log: 5 records")
      }
      #expect(try Sums(database).problems(produced: 10, accepted: 10) == [])
    }
  }

  @Test(.enabled(if: Broker.isReal, "needs a broker that makes topics again"))
  func aTopicMadeAgainAndLongerIsNotReadOn() throws {
    let broker = try Broker()
    let topic = try broker.topic("again", partitions: 1)
    try TestDatabase.with { database in
      let settings = try settings(broker, database, topic)
      try broker.produce((0..<10).map { BatchFixture.invocation($0) }, to: topic, partitions: 1)
      try #require(RunningIngester(settings).wait()).get()
      try broker.admin.deleteTopic(topic)
      #expect(
        eventually { (try? broker.admin.createTopic(topic, partitions: 1)) != nil })
      let second = try Broker()
      try second.produce((100..<130).map { BatchFixture.invocation($0) }, to: topic, partitions: 1)
      let result = try #require(RunningIngester(settings).wait())
      #expect(throws: IngestError.self) { try result.get() }
      #expect(
        try database.value("SELECT halt_reason FROM ingest_offsets") == "log_identity_changed")
      #expect(try Sums(database).problems(produced: 10, accepted: 10) == [])
    }
  }
}
