// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Kafka
import Ledger
import Postgres
import Records
import Sysexits
import Telemetry
import Testing

@testable import Ingest

/// Logs that are no longer what was read: found before anything of them is stored.
@Suite(.enabled(if: Broker.isReal, "needs a broker that deletes topics and records"))
struct PositionProofTests {
  typealias Fixture = BatchFixture

  /// Deletes the topic, waits, makes it again and fills it with other records.
  private func makeAgain(
    _ topic: String, _ broker: Broker, after time: Duration, _ ids: Range<Int>
  ) throws {
    try broker.admin.deleteTopic(topic)
    pause(time, because: "the log is away for so long")
    #expect(eventually { (try? broker.admin.createTopic(topic, partitions: 1)) != nil })
    // The first producer still knows the old topic.
    try Broker().produce(ids.map { Fixture.invocation($0) }, to: topic, partitions: 1)
  }

  private func halt(_ database: TestDatabase) throws -> String? {
    try database.value("SELECT halt_reason FROM ingest_offsets WHERE state = 'halted'")
  }

  private func decide(
    _ database: TestDatabase, partition: Int64 = 0, _ action: OffsetDecision.Action,
    newOffset: Int64
  ) throws {
    var reader = LedgerReader(try database.connect(), schema: "public")
    let position = try #require(try reader.positions().first { $0.partition == partition })
    let decision = OffsetDecision(
      position: position, action: action, newOffset: newOffset, reason: "test")
    #expect(try reader.decide(decision))
  }

  @Test(arguments: [0.2, 1.5, 4])
  func aTopicMadeAgainUnderARunningWorkerIsFoundAndReadFromItsBeginning(delay: Double) throws {
    let broker = try Broker()
    let topic = try broker.topic("live", partitions: 1)
    try TestDatabase.with { database in
      var settings = try broker.settings(database, topic)
      settings.untilEnd = false
      try broker.produce((0..<10).map { Fixture.invocation($0) }, to: topic, partitions: 1)
      let ingester = RunningIngester(settings)
      #expect(try eventually { try Sums(database).rows == 10 })
      try makeAgain(topic, broker, after: .seconds(delay), 100..<400)
      #expect(try eventually { try halt(database) != nil })
      // Who looks before the new log has as many records finds it too short.
      let reasons = ["log_identity_changed", "offset_beyond_high_watermark"]
      #expect(reasons.contains(try halt(database) ?? ""))
      #expect(try Sums(database).problems(produced: 10, accepted: 10, cost: "2.5") == [])
      try decide(database, .set, newOffset: 0)
      #expect(try eventually { try Sums(database).rows == 310 })
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
      #expect(try Sums(database).rowCost == "77.5")
    }
  }

  @Test func aTopicMadeAgainAndJustAsLongIsFoundAtTheClaim() throws {
    let broker = try Broker()
    let topic = try broker.topic("same", partitions: 1)
    try TestDatabase.with { database in
      let settings = try broker.settings(database, topic)
      try broker.produce((0..<10).map { Fixture.invocation($0) }, to: topic, partitions: 1)
      try #require(RunningIngester(settings).wait()).get()
      try makeAgain(topic, broker, after: .zero, 100..<110)
      let result = try #require(RunningIngester(settings).wait())
      let error = #expect(throws: IngestError.self) { try result.get() }
      #expect(error?.exitCode == ExitCode.checkFailed)
      #expect(try halt(database) == "log_identity_changed")
      #expect(try Sums(database).problems(produced: 10, accepted: 10, cost: "2.5") == [])
    }
  }

  @Test func recordsThatAreGoneEndARunWithAnEndWithAFailure() throws {
    let broker = try Broker()
    let topic = try broker.topic("gone", partitions: 1)
    let topicPartition = TopicPartition(topic: topic, partition: 0)
    try TestDatabase.with { database in
      let settings = try broker.settings(database, topic)
      try broker.produce((0..<10).map { Fixture.invocation($0) }, to: topic, partitions: 1)
      try #require(RunningIngester(settings).wait()).get()
      try broker.admin.deleteRecords(before: [PartitionOffset(topicPartition, offset: 10)])
      try #require(RunningIngester(settings).wait()).get()
      try broker.produce((10..<30).map { Fixture.invocation($0) }, to: topic, partitions: 1)
      try broker.admin.deleteRecords(before: [PartitionOffset(topicPartition, offset: 30)])
      let result = try #require(RunningIngester(settings).wait())
      let error = #expect(throws: IngestError.self) { try result.get() }
      #expect(error?.exitCode == ExitCode.checkFailed)
      #expect(try halt(database) == "offset_below_low_watermark")
      #expect(try Sums(database).problems(produced: 10, accepted: 10, cost: "2.5") == [])
    }
  }

  @Test func withoutTheDatabaseNothingIsSaidAboutTheEnd() throws {
    let broker = try Broker()
    let topic = try broker.topic("away", partitions: 1)
    try TestDatabase.with { database in
      var settings = try broker.settings(database, topic)
      settings.database = ConnectionSettings(
        conninfo: "host=127.0.0.1 port=1 user=nobody", applicationName: "test")
      let stop = StopFlag()
      stop.request()
      let error = #expect(throws: IngestError.self) {
        try IngestTarget(settings, DatabaseLink(settings.database), stop)
      }
      #expect(error?.exitCode == ExitCode.unavailable)
    }
  }

  @Test func aPartitionThatWasAddedAndBeginsLateHalts() throws {
    let broker = try Broker()
    let topic = try broker.topic("added", partitions: 1)
    try TestDatabase.with { database in
      let settings = try broker.settings(database, topic)
      try broker.produce((0..<10).map { Fixture.invocation($0) }, to: topic, partitions: 1)
      try #require(RunningIngester(settings).wait()).get()
      try broker.admin.addPartitions(topic, total: 2)
      #expect(try eventually { try broker.admin.topics()[topic] == 2 })
      let second = try Broker()
      for id in 10..<30 {
        try second.producer.produce(
          topic: topic, partition: 1, value: Array(Fixture.invocation(id).utf8))
      }
      try second.producer.flush(timeoutMilliseconds: 30_000)
      try broker.admin.deleteRecords(before: [
        PartitionOffset(TopicPartition(topic: topic, partition: 1), offset: 5)
      ])
      let result = try #require(RunningIngester(settings).wait())
      let error = #expect(throws: IngestError.self) { try result.get() }
      #expect(error?.exitCode == ExitCode.checkFailed)
      #expect(try halt(database) == "new_partition_starts_late")
      #expect(try Sums(database).problems(produced: 10, accepted: 10, cost: "2.5") == [])
      try decide(database, partition: 1, .set, newOffset: 5)
      try #require(RunningIngester(settings).wait()).get()
      #expect(try Sums(database).rows == 25)
      #expect(
        try database.value(
          "SELECT string_agg(action || old_offset || new_offset, ' ' ORDER BY id) FROM offset_changes"
        )
          == "halt00 set05")
    }
  }

  @Test func aDecisionAboutAPartitionThatBringsNothingIsTakenUp() throws {
    let broker = try Broker()
    let topic = try broker.topic("idle", partitions: 1)
    try TestDatabase.with { database in
      var settings = try broker.settings(database, topic)
      settings.untilEnd = false
      try broker.produce((0..<10).map { Fixture.invocation($0) }, to: topic, partitions: 1)
      let ingester = RunningIngester(settings)
      #expect(try eventually { try Sums(database).rows == 10 })
      try decide(database, .set, newOffset: 0)
      #expect(try eventually(seconds: 15) { try Sums(database).ledgerDuplicates == 10 })
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
      #expect(try Sums(database).rows == 10)
    }
  }
}
