// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Postgres
import Records
import Testing

@testable import Ingest

/// Monthly partitions that are not there when a batch needs them.
struct MonthTests {
  typealias Fixture = BatchFixture

  func day(monthsAgo: Int) -> String {
    Timestamp.now().month.advanced(by: -monthsAgo).start.description
  }

  @Test func aMissingMonthOfTheWindowIsMadeAndOneOutsideIsRefused() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let payloads = (0..<9).map { index in
        Fixture.invocation(index, occurredAt: day(monthsAgo: [0, 5, 40][index % 3]))
      }
      let receipt = RunningWriter.settle(
        try fixture.batch(payloads), try database.settings(.transactionPooler))
      #expect(receipt.storedCount == 6)
      #expect(try Sums(database).problems(produced: 9, accepted: 6, cost: "1.5") == [])
      #expect(
        try database.value(
          "SELECT string_agg(reason || '@' || \"offset\", ' ') FROM rejected_records")
          == "too_old@2 too_old@5 too_old@8")
    }
  }

  /// An adopted set has one, with rows of a month that has no partition of its own.
  @Test func aMonthOfTheDefaultPartitionStaysThere() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let old = day(monthsAgo: 5)
      try database.value(
        """
        CREATE TABLE invocations_rest PARTITION OF invocations DEFAULT;
        ALTER TABLE invocations_rest OWNER TO app_owner;
        """)
      _ = try fixture.write(try fixture.batch([Fixture.invocation(1, occurredAt: old)]))
      let receipt = RunningWriter.settle(
        try fixture.batch([
          Fixture.invocation(2, occurredAt: old), Fixture.invocation(3),
          Fixture.invocation(4, occurredAt: day(monthsAgo: 6)),
        ]), try database.settings(.transactionPooler), seconds: 20)
      #expect(receipt.storedCount == 3)
      #expect(try Sums(database).problems(produced: 4, accepted: 4, cost: "1") == [])
      #expect(try database.value("SELECT count(*) FROM invocations_rest") == "2")
    }
  }

  /// An operator makes the months of old records and sends them again.
  @Test func aRefusedMonthIsAskedForAgainSoon() {
    let months = MonthGate()
    let month = Timestamp.now().month
    let then = ContinuousClock.now - .seconds(IngestLimits.monthRefusalSeconds)
    months.learn(.refused, month, of: "invocations")
    #expect(months.state(month, of: "invocations") == .refused)
    months.learn(.refused, month, of: "invocations", at: then)
    #expect(months.state(month, of: "invocations") == nil)
    months.learn(.open, month, of: "invocations", at: then)
    #expect(months.state(month, of: "invocations") == .open)
  }

  @Test func aMonthThatWasDetachedMeanwhileIsRefusedAndItsNeighboursAreStored() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let writer = RunningWriter(try database.settings(.transactionPooler))
      defer { writer.close() }
      let old = day(monthsAgo: 13)
      writer.submit(try fixture.batch([Fixture.invocation(1, occurredAt: old)]))
      #expect(writer.receipt().storedCount == 1)
      try database.value(
        """
        UPDATE partition_policies SET retention_months = 12 WHERE table_name = 'invocations';
        DO $$ BEGIN EXECUTE 'ALTER TABLE invocations DETACH PARTITION '
          || daybook_partition_of('invocations', '\(old.prefix(10))'); END $$
        """)
      writer.submit(
        try fixture.batch([
          Fixture.invocation(2, occurredAt: old), Fixture.invocation(3), Fixture.invocation(4),
        ]))
      #expect(writer.receipt().storedCount == 2)
      #expect(
        try database.value("SELECT string_agg(reason, ' ') FROM rejected_records") == "too_old")
    }
  }

  /// Nobody has made partitions for months: batches need those of the ledger too.
  @Test(arguments: ["ingest_batches", "rejected_records"])
  func aMissingMonthOfTheLedgerIsMade(table: String) throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      try database.value(
        "DO $$ BEGIN EXECUTE 'DROP TABLE ' || daybook_partition_of('\(table)', now()::date); END $$"
      )
      let receipt = RunningWriter.settle(
        try fixture.batch([Fixture.invocation(1), "nonsense", Fixture.invocation(2)]),
        try database.settings(.transactionPooler))
      #expect(receipt.storedCount == 2)
      #expect(try Sums(database).problems(produced: 3, accepted: 2, cost: "0.5") == [])
    }
  }

  /// A month on its way out takes no more records, and nothing makes it again: its records would be
  /// stored twice.
  @Test(arguments: ["begun", "pending", "detached", "dropped"])
  func aRecordOfARetiredMonthIsRefusedAndNeverStoredAgain(state: String) throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let writer = RunningWriter(try database.settings(.transactionPooler))
      defer { writer.close() }
      let old = day(monthsAgo: 13)
      writer.submit(try fixture.batch([Fixture.invocation(1, occurredAt: old)]))
      #expect(writer.receipt().storedCount == 1)
      var reader = try database.connect()
      try retire(old, state, database, &reader)
      writer.submit(
        try fixture.batch([Fixture.invocation(2, occurredAt: old), Fixture.invocation(3)]))
      // Before the detach the month still takes its records.
      #expect(writer.receipt().storedCount == (state == "begun" ? 2 : 1))
      let newcomer = RunningWriter.settle(
        try fixture.batch([Fixture.invocation(1, occurredAt: old), Fixture.invocation(4)]),
        try database.settings(.transactionPooler))
      #expect(newcomer.storedCount == 1)
      #expect(
        try database.value("SELECT string_agg(reason, ' ') FROM rejected_records")
          == ["begun": nil, "pending": "too_old too_old"][state, default: "too_old too_old"])
      #expect(
        try database.value(
          "SELECT count(*) FROM invocations WHERE occurred_at < now() - interval '3 months'")
          == (state == "begun" ? "2" : "0"))
    }
  }

  /// As far as `state`; what is pending waits for `reader`.
  private func retire(
    _ day: String, _ state: String, _ database: TestDatabase, _ reader: inout Connection
  ) throws {
    let name = try #require(
      try database.value("SELECT daybook_partition_of('invocations', '\(day.prefix(10))')"))
    try database.value(
      """
      UPDATE partition_policies SET retention_months = 12, archive = 'none', no_archive_reason = 'test'
       WHERE table_name = 'invocations';
      SELECT daybook_begin_retirement('invocations', '\(name)', 'test');
      """)
    // The window takes the month again, but what has left does not come back.
    let widen =
      "UPDATE partition_policies SET retention_months = 13 WHERE table_name = 'invocations'"
    defer { _ = try? database.value(widen) }
    if state == "begun" { return }
    if state == "pending" {
      try reader.execute("BEGIN; LOCK TABLE invocations IN ACCESS SHARE MODE")
    }
    var owner = try database.connect()
    if state == "pending" { try owner.execute("SET statement_timeout = '300ms'") }
    do throws(PostgresError) {
      try owner.execute("ALTER TABLE invocations DETACH PARTITION \(name) CONCURRENTLY")
    } catch {
      guard state == "pending", error.sqlState == .queryCanceled else { throw error }
    }
    guard state == "dropped" else { return }
    for function in ["mark_detached", "revoke_detached", "drop_retired_partition"] {
      try owner.execute("SELECT daybook_\(function)(retirement_id) FROM partition_retirements")
    }
  }
}
