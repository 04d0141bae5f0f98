// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Migrations
import Postgres
import Testing

/// The way down drops no row that nothing makes again, unless it is forced to.
struct ProtectedTableTests {
  struct Loss: Sendable, CustomTestStringConvertible {
    let table: String
    /// The version at which the way down stops.
    let stops: Int64
    /// Writes a row that counts.
    let sql: String

    var testDescription: String { table }
  }

  private static let losses = [
    Loss(
      table: "reconciliations", stops: 9,
      sql: "INSERT INTO reconciliations (source) VALUES ('primary')"),
    Loss(
      table: "legal_holds", stops: 7,
      sql: """
        INSERT INTO legal_holds (tenant_id, reason) VALUES ('acme', 'a case');
        UPDATE legal_holds SET release_reason = 'it is over'
        """),
    Loss(
      table: "partition_journal", stops: 7,
      sql: "UPDATE partition_policies SET months_ahead = months_ahead + 1"),
    Loss(
      table: "sessions", stops: 6,
      sql: """
        INSERT INTO users (tenant_id, email) VALUES ('acme', 'a@acme.example');
        INSERT INTO sessions (user_id, token_sha256, expires_at)
        SELECT user_id, sha256('t'), now() + interval '1 day' FROM users
        """),
    Loss(
      table: "users", stops: 6,
      sql: "INSERT INTO users (tenant_id, email) VALUES ('acme', 'a@acme.example')"),
    Loss(
      table: "offset_changes", stops: 4,
      sql: """
        INSERT INTO offset_changes (cluster_id, topic, partition, action, old_offset, new_offset, reason)
        VALUES ('k', 't', 0, 'set', 0, 5, 'they are lost')
        """),
    Loss(
      table: "rejected_records", stops: 4,
      sql: """
        INSERT INTO rejected_records (rejected_at, cluster_id, topic, partition, "offset", table_name, reason, message,
          batch_id) VALUES (now(), 'k', 't', 0, 1, 'invocations', 'not_json', 'm', gen_random_uuid())
        """),
    Loss(
      table: "ingest_batches", stops: 4,
      sql: """
        INSERT INTO ingest_batches (batch_id, owner, seen, stored, duplicates, rejected, gap_offsets, spans)
        VALUES (gen_random_uuid(), 'w', 0, 0, 0, 0, 0, '[]')
        """),
  ]

  @Test(arguments: losses)
  func itWantsForce(_ loss: Loss) throws {
    try TestDatabase.with { database in
      try database.value(loss.sql)
      var migrator = try MigratorTests.migrator(database)
      expectError("table \(loss.table) (") { () throws(MigrationError) in
        try migrator.down(to: 0)
      }
      #expect(try database.value("SELECT version FROM schema_migrations") == "\(loss.stops)")
      #expect(try database.value("SELECT count(*) > 0 FROM \(loss.table)") == "t")
      try migrator.down(to: loss.stops - 1, force: true)
      #expect(try database.value("SELECT to_regclass('\(loss.table)') IS NULL") == "t")
    }
  }

  /// They outlive the records of months that were dropped.
  @Test(arguments: ["costs_daily", "costs_monthly"])
  func soDoCosts(_ table: String) throws {
    try TestDatabase.with(.empty) { database in
      var migrator = try MigratorTests.migrator(database)
      try migrator.up(to: 3)
      try database.value(
        """
        INSERT INTO \(table) VALUES ('acme', '2026-01-01', '', 'anthropic', 'm', 'standard', 'USD', 1, 1, 0, 0, 1, 1,
          0, 0, 0, now())
        """)
      expectError("table \(table) (costs") { () throws(MigrationError) in try migrator.down() }
      #expect(try database.value("SELECT count(*) FROM \(table)") == "1")
    }
  }

  /// Where nothing was ever stored: what migrations and maintenance have written is no loss.
  @Test func aSchemaThatWasNeverUsedGoes() throws {
    try TestDatabase.with { database in
      try database.value(
        """
        SELECT daybook_ensure_partition('audit_logs', (now() - interval '2 months')::date);
        INSERT INTO partition_journal (action, table_name, reason) VALUES ('freeze', 'invocations', 'it is over'),
          ('index', 'invocations', 'it is over');
        INSERT INTO partition_policies (table_name, months_ahead, retention_months) VALUES ('others', 3, 13);
        DELETE FROM partition_policies WHERE table_name = 'others';
        """)
      #expect(try database.value("SELECT count(DISTINCT action) FROM partition_journal") == "5")
      var migrator = try MigratorTests.migrator(database)
      try migrator.down(to: 0)
      #expect(try database.value("SELECT to_regclass('partition_journal') IS NULL") == "t")
    }
  }
}
