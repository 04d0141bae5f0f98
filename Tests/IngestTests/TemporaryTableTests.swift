// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Postgres
import PriceCatalog
import Records
import Testing

@testable import Ingest

/// Temporary tables that another client left on a pooled connection, and the two messages of a
/// batch.
struct TemporaryTableTests {
  typealias Fixture = BatchFixture

  /// The rows of invocations are staged here, and the tables that every batch with staged rows has.
  private static let tables = [
    "daybook_rollup_deltas", "daybook_staged_raw", "daybook_inserted", "daybook_settled",
    StagedStream(.invocations).table,
  ]

  /// The same names with other columns, with rows that survive a commit, and with rows in them.
  @Test(arguments: [
    "CREATE TEMP TABLE %@ (tenant_id text, day date) ON COMMIT DELETE ROWS",
    "CREATE TEMP TABLE %@ (LIKE made) ON COMMIT PRESERVE ROWS",
    "CREATE TEMP TABLE %@ (LIKE made INCLUDING DEFAULTS); INSERT INTO %@ SELECT FROM generate_series(1, 3)",
  ])
  func tablesOfAnotherClientAreMadeAgain(statement: String) throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let settings = try database.settings(.transactionPooler)
      for table in Self.tables {
        var rogue = try database.connect(.transactionPooler)
        let staged = StagedStream.tables([StagedStream(.invocations)])
        let forged = statement.replacing("%@", with: "pg_temp." + table)
        try rogue.execute(
          """
          BEGIN; DROP TABLE IF EXISTS pg_temp.\(table), pg_temp.made;
          SELECT daybook_begin_batch(gen_random_uuid(), \(staged), 0, NULL, false);
          ALTER TABLE pg_temp.\(table) RENAME TO made;
          \(forged); COMMIT
          """)
        for _ in 0..<2 {
          let batch = try fixture.batch(
            [Fixture.invocation(Int(fixture.next)), Fixture.invocation(Int(fixture.next) + 1)],
            staged: [1])
          #expect(RunningWriter.settle(batch, settings).storedCount == 2, "\(table)")
        }
      }
      let stored = fixture.next
      #expect(
        try Sums(database).problems(
          produced: stored, accepted: stored, cost: "\(Double(stored) / 4)".droppingZero) == [])
    }
  }

  /// The table that takes the question which rows are stored already, with rows that survive a
  /// commit, and as something else. The first batch after a claim asks it; duplicates for which
  /// nobody was asked are found by their keys.
  @Test(arguments: [
    """
    SELECT daybook_ask_identities(); ALTER TABLE pg_temp.daybook_asked RENAME TO made;
    CREATE TEMP TABLE daybook_asked (LIKE made); INSERT INTO daybook_asked DEFAULT VALUES;
    DO $$ BEGIN EXECUTE format('COMMENT ON TABLE daybook_asked IS %L',
      obj_description('made'::regclass, 'pg_class')); END $$
    """,
    "CREATE TEMP VIEW daybook_asked AS SELECT 1 AS a",
  ])
  func aBatchIsWrittenWithoutItsQuestion(statement: String) throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let settings = try database.settings(.transactionPooler)
      _ = try fixture.write(try fixture.batch([Fixture.invocation(1)]))
      var rogue = try database.connect(.transactionPooler)
      try rogue.execute("BEGIN; \(statement); COMMIT")
      for ids in [2...3, 1...4] {
        let batch = try fixture.batch(ids.map { Fixture.invocation($0) })
        batch.isFirstOfClaim = true
        #expect(RunningWriter.settle(batch, settings).storedCount == (ids.count == 2 ? 2 : 1))
      }
      #expect(try Sums(database).problems(produced: 7, accepted: 4, cost: "1") == [])
    }
  }

  /// Rows, ledger and sums are one transaction, or nothing.
  @Test func theSecondMessageHoldsForTheTransactionOfTheFirst() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let batch = try fixture.batch([Fixture.invocation(1)])
      let content = BatchContent(BatchPart(batch), WritePlan())
      let message = fixture.sql.applyAndCommit(
        batch: batch.id.description, owner: "owner", cluster: Fixture.cluster,
        spans: BatchSpans.json(content, cluster: Fixture.cluster), staged: [], hasRollups: true)
      var connection = try database.connect()
      let error = #expect(throws: PostgresError.self) {
        try connection.execute(IngestSQL.begin + ";" + message)
      }
      #expect(error?.sqlState == .strayRows)
      #expect(try Sums(database).problems(produced: 0, accepted: 0) == [])
    }
  }

  @Test func sumsThatAreNotThoseOfTheRowsAreRefused() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let batch = try fixture.batch([Fixture.invocation(1)])
      let content = BatchContent(BatchPart(batch), WritePlan())
      let id = batch.id.description
      let message = fixture.sql.applyAndCommit(
        batch: id, owner: "owner", cluster: Fixture.cluster,
        spans: BatchSpans.json(content, cluster: Fixture.cluster), staged: [], hasRollups: true)
      var connection = try database.connect()
      // The row of the deltas is missing.
      let error = #expect(throws: PostgresError.self) {
        try connection.execute(
          fixture.sql.opening(id, staged: [], prices: .none) + message)
      }
      #expect(error?.sqlState == .strayRows)
      #expect(try Sums(database).problems(produced: 0, accepted: 0) == [])
    }
  }
}

extension String {
  fileprivate var droppingZero: String { hasSuffix(".0") ? String(dropLast(2)) : self }
}
