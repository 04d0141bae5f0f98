// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Kafka
import Ledger
import Postgres
import Records
import Sysexits
import Testing

@testable import Ingest

/// Partitions that halt, what operators decide about them, and the partitions beside them.
@Suite(.enabled(if: Broker.isPresent, "needs DAYBOOK_TEST_KAFKA_BROKERS: run by ops/test"))
struct HaltTests {
  typealias Fixture = BatchFixture

  @Test func aLogThatEndsBeforeTheStoredOffsetHalts() throws {
    let broker = try Broker()
    let topic = try broker.topic("ahead", partitions: 1)
    try TestDatabase.with { database in
      let settings = try broker.settings(database, topic)
      try broker.produce((0..<10).map { Fixture.invocation($0) }, to: topic, partitions: 1)
      try #require(RunningIngester(settings).wait()).get()
      try database.value("UPDATE ingest_offsets SET next_offset = 15")
      for _ in 0..<2 {
        let result = try #require(RunningIngester(settings).wait())
        let error = #expect(throws: IngestError.self) { try result.get() }
        #expect(error?.exitCode == ExitCode.checkFailed)
        #expect(
          try database.value("SELECT halt_reason || ': ' || halt_detail FROM ingest_offsets")
            == "offset_beyond_high_watermark: the log ends at 10, "
            + "5 records before the stored offset 15")
      }
    }
  }

  /// The records came between the question for the end of the log and the claim.
  @Test func whatAnEarlierOwnerStoredDuringTheClaimIsNoReasonToHalt() throws {
    let broker = try Broker()
    let topic = try broker.topic("claim", partitions: 1)
    try TestDatabase.with { database in
      let settings = try broker.settings(database, topic)
      try broker.produce((0..<10).map { Fixture.invocation($0) }, to: topic, partitions: 1)
      try #require(RunningIngester(settings).wait()).get()
      var earlier = try database.connect()
      try earlier.execute(
        "BEGIN; UPDATE ingest_offsets SET next_offset = 20, anchor_offset = NULL, anchor_hash = NULL"
      )
      var forever = settings
      forever.untilEnd = false
      let ingester = RunningIngester(forever)
      let waiting = """
        SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock' AND query LIKE '%daybook_claim_partitions%'
        """
      #expect(try eventually { try database.value(waiting) == "1" })
      try broker.produce((10..<21).map { Fixture.invocation($0) }, to: topic, partitions: 1)
      try earlier.execute("COMMIT")
      #expect(
        try eventually(seconds: 15) {
          try database.value("SELECT state || next_offset FROM ingest_offsets") == "active21"
        })
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
    }
  }

  @Test func aHaltedPartitionGoesOnSecondsAfterTheDecisionAndTheOthersMeanwhile() throws {
    let broker = try Broker()
    let topic = try broker.topic("decide", partitions: 2)
    try TestDatabase.with { database in
      var settings = try broker.settings(database, topic)
      try broker.produce((0..<20).map { Fixture.invocation($0) }, to: topic, partitions: 2)
      try #require(RunningIngester(settings).wait()).get()
      try database.value(
        """
        SELECT daybook_halt_partition(cluster_id, topic, partition, NULL, 'offset_gap', 'by the test')
        FROM ingest_offsets WHERE partition = 1
        """)
      settings.untilEnd = false
      let ingester = RunningIngester(settings)
      try broker.produce((20..<40).map { Fixture.invocation($0) }, to: topic, partitions: 2)
      #expect(try eventually { try Sums(database).rows == 30 })
      #expect(
        try database.value(
          "SELECT string_agg(next_offset::text, ' ' ORDER BY partition) FROM ingest_offsets")
          == "20 10")

      try decide(database, partition: 1, .set, newOffset: 12)
      #expect(try eventually(seconds: 20) { try Sums(database).rows == 38 })
      #expect(
        try database.value("SELECT string_agg(action, ' ' ORDER BY id) FROM offset_changes")
          == "halt set")
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
      #expect(try Sums(database).rowCost == "9.5")
    }
  }

  /// One decision is enough for thousands of bad records, and holds no longer than was said.
  @Test func acceptedRefusalsDoNotHaltBeforeTheOffsetThatWasSaid() throws {
    let broker = try Broker()
    let topic = try broker.topic("accept", partitions: 1)
    try TestDatabase.with { database in
      let settings = try broker.settings(database, topic)
      let bad = [String](repeating: "no", count: 3_500)
      try broker.produce(bad + [Fixture.invocation(1)], to: topic, partitions: 1)
      func run() throws -> String? {
        _ = try #require(RunningIngester(settings).wait())
        return try database.value(
          "SELECT concat_ws(' ', halt_reason, next_offset) FROM ingest_offsets")
      }
      #expect(try run() == "reject_ratio 1000")
      try decide(database, partition: 0, .resume, newOffset: 1_000, acceptsRejectsUntil: 3_500)
      #expect(try run() == "3501")
      try broker.produce(Array(bad.prefix(2_000)), to: topic, partitions: 1)
      #expect(try run() == "reject_ratio 4501")
      #expect(
        try database.value("SELECT string_agg(action, ' ' ORDER BY id) FROM offset_changes")
          == "halt resume accept_rejects halt")
      #expect(try Sums(database).problems(produced: 4_501, accepted: 1) == [])
    }
  }

  /// What only the database refuses halts as well.
  @Test func refusalsOfTheDatabaseCount() throws {
    let broker = try Broker()
    let topic = try broker.topic("refused", partitions: 1)
    try TestDatabase.with { database in
      let settings = try broker.settings(database, topic)
      try database.value("ALTER TABLE invocations ADD CONSTRAINT poison CHECK (region <> 'no')")
      let payloads = (0..<2_500).map { index in
        Fixture.invocation(index, extra: index % 10 < 6 ? #","region":"no""# : "")
      }
      try broker.produce(payloads, to: topic, partitions: 1)
      let result = try #require(RunningIngester(settings).wait())
      #expect(throws: IngestError.self) { try result.get() }
      let halt = try database.value("SELECT halt_reason || ' ' || next_offset FROM ingest_offsets")
      #expect(halt?.hasPrefix("reject_ratio ") == true, "\(halt ?? "not halted")")
      let end = try Sums(database).nextOffset
      #expect((1_000..<2_500).contains(end))
      let refused = try Sums(database).rejected
      #expect(try Sums(database).problems(produced: end, accepted: end - refused) == [])
      #expect(abs(Double(refused) / Double(end) - 0.6) < 0.01)
    }
  }

  private func decide(
    _ database: TestDatabase, partition: Int64, _ action: OffsetDecision.Action,
    newOffset: Int64, acceptsRejectsUntil: Int64? = nil
  ) throws {
    var reader = LedgerReader(try database.connect(), schema: "public")
    let position = try #require(
      try reader.positions().first { $0.partition == partition })
    #expect(
      try reader.decide(
        OffsetDecision(
          position: position, action: action, newOffset: newOffset,
          acceptsRejectsUntil: acceptsRejectsUntil, reason: "test")))
  }
}
