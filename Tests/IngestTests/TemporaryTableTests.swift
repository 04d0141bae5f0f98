// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Postgres
import PriceCatalog
import Records
import Testing

@testable import Ingest

/// Temporary tables that another client left on a pooled connection, and the two messages of a batch.
struct TemporaryTableTests {
  typealias Fixture = BatchFixture

  private static let tables: [TemporaryTable] =
    [.rollupDeltas, .stagedRaw, .inserted, .settled] + Stream.all.map { .staged($0) }

  /// The functions of the database know the tables by names that follow from their columns.
  @Test(arguments: TestServer.all)
  func theDatabaseUsesTheTablesThatTheWriterMakes(server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let used = try database.value(
        """
        SELECT string_agg(DISTINCT name[1], ' ' ORDER BY name[1]) FROM pg_proc,
          regexp_matches(prosrc, 'pg_temp\\.([a-z0-9_]+)', 'g') AS name
        WHERE pronamespace = 'public'::regnamespace
        """)
      #expect(used == Self.tables.map(\.name).sorted().joined(separator: " "))
    }
  }

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
      for (round, table) in Self.tables.enumerated() where !table.name.contains("audit_logs") {
        var rogue = try database.connect(.transactionPooler)
        let forged = statement.replacing("%@", with: table.qualified)
        try rogue.execute(
          """
          BEGIN; DROP TABLE IF EXISTS \(table.qualified), pg_temp.made;
          \(table.create.replacing(table.name, with: "made"))
          \(forged); COMMIT
          """)
        for _ in 0..<2 {
          let batch = try fixture.batch(
            [Fixture.invocation(Int(fixture.next)), Fixture.invocation(Int(fixture.next) + 1)],
            staged: [1])
          #expect(RunningWriter.settle(batch, settings).storedCount == 2, "round \(round)")
        }
      }
      let stored = fixture.next
      #expect(
        try Sums(database).problems(
          produced: stored, accepted: stored, cost: "\(Double(stored) / 4)".droppingZero) == [])
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
        try connection.execute(fixture.sql.opening(staged: []) + message)
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
          fixture.sql.opening(staged: [])
            + fixture.sql.beginBatch(id, staged: [], prices: .none) + message)
      }
      #expect(error?.sqlState == .strayRows)
      #expect(try Sums(database).problems(produced: 0, accepted: 0) == [])
    }
  }
}

extension String {
  fileprivate var droppingZero: String { hasSuffix(".0") ? String(dropLast(2)) : self }
}
