// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Migrations
import Postgres
import Testing

/// Every role tries everything; what is not expected to work must be denied (SQLSTATE 42501).
struct RolesTests {
  struct Attempt: Sendable, CustomTestStringConvertible {
    let sql: String
    let allowed: Set<String>

    init(_ sql: String, _ allowed: String...) {
      self.sql = sql
      self.allowed = Set(allowed)
    }

    var testDescription: String { sql }
  }

  static let roles = ["app_write", "app_read", "app_maintain", "app_audit_read"]

  static let attempts =
    ["audit_logs", "invocations"].flatMap { table in
      [
        Attempt("SELECT * FROM \(table)", "app_audit_read"),
        Attempt(
          "SELECT tenant_id, occurred_at, content_sha256 FROM \(table)", "app_write",
          "app_audit_read"),
        Attempt(MigratorTests.row(table), "app_write"),
        Attempt("UPDATE \(table) SET tenant_id = 'x'"),
        Attempt("DELETE FROM \(table)"),
        Attempt("TRUNCATE \(table)"),
        Attempt("TRUNCATE ONLY \(partition(table))"),
        Attempt("DELETE FROM \(partition(table))"),
        Attempt("SELECT * FROM \(partition(table))"),
        Attempt("ALTER TABLE \(table) DISABLE TRIGGER ALL"),
        Attempt("DROP TABLE \(partition(table))"),
      ]
    } + [
      Attempt("SELECT * FROM costs", "app_read", "app_audit_read"),
      Attempt("SELECT * FROM costs_daily", "app_read", "app_audit_read", "app_write"),
      Attempt("UPDATE costs_daily SET cost = 0", "app_write"),
      Attempt("DELETE FROM costs_daily"),
      Attempt("TRUNCATE costs_monthly"),
      Attempt("SELECT * FROM rejected_records", "app_audit_read", "app_maintain"),
      Attempt("DELETE FROM rejected_records"),
      Attempt("UPDATE ingest_offsets SET epoch = epoch", "app_write", "app_maintain"),
      Attempt("DELETE FROM ingest_batches"),
      Attempt("UPDATE partition_policies SET retention_months = 1"),
      Attempt(
        "SELECT daybook_ensure_partition('audit_logs', now()::date)", "app_write", "app_maintain"),
      Attempt("SELECT * FROM daybook_ensure_runway()", "app_write", "app_maintain"),
      Attempt(
        "CREATE TEMPORARY TABLE staged (i int)", "app_write", "app_maintain", "app_read",
        "app_audit_read"),
      Attempt("CREATE TABLE mine (i int)"),
      Attempt("SELECT * FROM users"),
      Attempt("SELECT * FROM sessions"),
      Attempt("SET ROLE app_owner", "app_maintain"),
      Attempt("SET session_replication_role = replica"),
      Attempt(
        "SELECT version FROM schema_migrations", "app_write", "app_maintain", "app_read",
        "app_audit_read"),
      Attempt("UPDATE schema_migrations SET version = 0"),
    ]

  @Test(arguments: TestServer.all)
  func eachRoleMayDoExactlyThis(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      try database.value(MigratorTests.row("audit_logs"))
      for role in Self.roles {
        let login = "daybook_test_" + role
        try server.makeLogin(login, memberOf: [role])
        var connection = try database.connect(as: login)
        for attempt in Self.attempts {
          try connection.execute("BEGIN")
          let state = sqlState(of: attempt.sql, &connection)
          try connection.execute("ROLLBACK")
          let expected: String? = attempt.allowed.contains(role) ? nil : "42501"
          #expect(state == expected, "\(role): \(attempt.sql)")
        }
      }
    }
  }

  /// The triggers stop even those who need no grant: the owner and the superuser.
  @Test(arguments: TestServer.all)
  func rowsAreImmutableForTheOwnerToo(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      for table in ["audit_logs", "invocations"] {
        try database.value(MigratorTests.row(table))
        let partition = Self.partition(table)
        // A partition that is made later must be as safe as the first ones.
        let later = try #require(
          try database.value(
            "SELECT daybook_ensure_partition('\(table)', (now() - interval '2 months')::date)"))
        for role in ["app_owner", "postgres"] {
          var connection = try database.connect()
          try connection.execute("SET ROLE \(role)")
          if role == "postgres" { try connection.execute("SET session_replication_role = replica") }
          for sql in [
            "UPDATE \(table) SET tenant_id = 'x'", "DELETE FROM \(table)",
            "DELETE FROM \(partition)", "TRUNCATE \(table)", "TRUNCATE \(partition)",
            "TRUNCATE \(later)",
          ] {
            let state = sqlState(of: sql, &connection)
            #expect(state == "42501", "\(role): \(sql)")
          }
        }
        #expect(try database.value("SELECT count(*) FROM \(table)") == "1")
      }
    }
  }

  @Test func everythingBelongsToTheOwner() throws {
    try TestDatabase.with { database in
      let others = try database.value(MigratorTests.foreignObjects)
      #expect(others == nil)
    }
  }

  @Test func everyTableAndColumnHasAComment() throws {
    try TestDatabase.with { database in
      let bare = try database.value(
        """
        SELECT string_agg(coalesce(c.relname || '.' || a.attname, c.relname), ', ')
        FROM pg_class c
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND c.relkind <> 'v'
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
          AND (obj_description(c.oid) IS NULL
               OR (a.attnum IS NOT NULL AND col_description(c.oid, a.attnum) IS NULL))
        """)
      #expect(bare == nil)
      let functions = try database.value(
        """
        SELECT string_agg(proname, ', ') FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND obj_description(oid) IS NULL
        """)
      #expect(functions == nil)
    }
  }

  /// The partition of the current month.
  private static func partition(_ table: String) -> String {
    let now = Date()
    let parts = Calendar(identifier: .gregorian).dateComponents(in: .gmt, from: now)
    let month = parts.month ?? 0
    return "\(table)_p\(parts.year ?? 0)\(month < 10 ? "0" : "")\(month)01"
  }
}
