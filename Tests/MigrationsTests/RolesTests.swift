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
      self.init(sql, allowed: allowed)
    }

    init(_ sql: String, allowed: [String]) {
      self.sql = sql
      self.allowed = Set(allowed)
    }

    var testDescription: String { sql }
  }

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
      Attempt("SELECT * FROM costs", "app_read", "app_audit_read", "app_finance"),
      Attempt(
        "SELECT * FROM costs_daily", "app_read", "app_audit_read", "app_write", "app_finance"),
      Attempt("UPDATE costs_daily SET cost = 0", "app_write"),
      Attempt("DELETE FROM costs_daily"),
      Attempt("TRUNCATE costs_monthly"),
      Attempt("SELECT * FROM rejected_records", "app_audit_read", "app_maintain"),
      Attempt("DELETE FROM rejected_records"),
      Attempt("SELECT * FROM unknown_fields", "app_audit_read"),
      Attempt("SELECT * FROM unknown_field_days", "app_read", "app_maintain", "app_audit_read"),
      Attempt("SELECT daybook_count_unknown_fields('[]')", "app_write"),
      Attempt("UPDATE unknown_fields SET records = 1"),
      Attempt("UPDATE ingest_offsets SET epoch = epoch"),
      Attempt("SELECT * FROM ingest_offsets FOR UPDATE"),
      Attempt("SELECT * FROM daybook_lock_offsets('k', '{}', '{}')", "app_write"),
      Attempt("SELECT daybook_decide_offset('k', 't', 0, 'set', 0, 1, 'x')", "app_maintain"),
      Attempt("INSERT INTO offset_changes DEFAULT VALUES"),
      Attempt("DELETE FROM offset_changes"),
      Attempt("INSERT INTO ingest_batches DEFAULT VALUES"),
      Attempt("DELETE FROM ingest_batches"),
      Attempt("UPDATE partition_policies SET retention_months = 1"),
      Attempt(
        "SELECT daybook_ensure_partition('audit_logs', now()::date)", "app_write", "app_maintain"),
      Attempt("SELECT * FROM daybook_ensure_runway()", "app_write", "app_maintain"),
      Attempt(
        "CREATE TEMPORARY TABLE staged (i int)", "app_write", "app_maintain", "app_read",
        "app_audit_read", "app_finance"),
      Attempt("CREATE TABLE mine (i int)"),
      Attempt("SELECT * FROM users"),
      Attempt("SELECT * FROM sessions"),
      Attempt("SET ROLE app_owner", "app_maintain"),
      Attempt("SET session_replication_role = replica"),
      Attempt(
        "SELECT version FROM schema_migrations", "app_write", "app_maintain", "app_read",
        "app_audit_read", "app_finance"),
      Attempt("UPDATE schema_migrations SET version = 0"),
    ] + money

  static let everybody = [
    "app_write", "app_read", "app_finance", "app_maintain", "app_audit_read",
  ]

  private static let money = [
    Attempt("SELECT * FROM model_prices", allowed: everybody),
    Attempt("SELECT * FROM statement_lines", allowed: everybody.filter { $0 != "app_write" }),
    Attempt("SELECT * FROM reporting.monthly_costs", "app_read", "app_finance", "app_audit_read"),
    Attempt("SELECT * FROM invocation_costs", "app_finance", "app_audit_read"),
    Attempt(
      "SELECT cost, ingested_at FROM invocations", allowed: ["app_finance", "app_audit_read"]),
    Attempt("SELECT user_id FROM invocations", "app_audit_read"),
    Attempt(
      "SELECT daybook_change_prices(0, 'x', 'manual', NULL, '{}', '[]', '[]')", "app_finance"),
    Attempt("SELECT daybook_set_tenant('acme', '{}', 'x')", "app_finance"),
    Attempt("SELECT daybook_close_period('2020-01-01', 'x')", "app_finance"),
    Attempt("SELECT daybook_share_books()", "app_write", "app_finance"),
    Attempt("SELECT daybook_write_statement('2020-01-01', 'x')"),
    Attempt("UPDATE reconciliation_drift SET cost = 0"),
    Attempt("INSERT INTO reconciliations (source) VALUES ('primary')", "app_finance"),
    Attempt("INSERT INTO reconciliations (source, started_by) VALUES ('primary', 'cfo')"),
    Attempt("LOCK TABLE billing_periods IN ROW EXCLUSIVE MODE"),
    Attempt("INSERT INTO cost_adjustments (created_by, run_id) VALUES ('cfo', 1)"),
    Attempt("SELECT daybook_lock_books()"),
    Attempt("SELECT daybook_rebuild_tenant('acme')"),
    Attempt("SELECT daybook_add_adjustments('{}')"),
    Attempt("INSERT INTO model_prices (provider) VALUES ('x')"),
    Attempt("UPDATE tenants SET time_zone = 'UTC'"),
    Attempt("UPDATE billing_periods SET status = 'open'"),
    Attempt("DELETE FROM cost_adjustments"),
    Attempt("UPDATE cost_adjustments SET cost = 0"),
    Attempt("DELETE FROM statements"),
    Attempt("DELETE FROM reconciliation_drift"),
  ]

  @Test(arguments: TestServer.all)
  func eachRoleMayDoExactlyThis(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      try database.value(MigratorTests.row("audit_logs"))
      for role in Self.everybody {
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

  /// What was billed, posted or priced stays as it was, for the owner and the superuser too.
  @Test(arguments: TestServer.all)
  func theBooksAreImmutableForTheOwnerToo(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      try database.value(
        """
        SELECT daybook_change_prices(0, 'test', 'manual', NULL, '{}',
          '[{"provider": "p", "model": "m", "service_tier": "standard", "min_input_tokens": 0, "currency": "USD",
             "input_price": "3e-06", "effective_from": "2020-01-01T00:00:00Z"}]', '[{"provider": "", "pattern": "n*",
             "target_provider": "p", "target_model": "m"}]');
        SELECT daybook_close_period('2020-01-01', 'test');
        INSERT INTO cost_adjustments (kind, tenant_id, charge_day, billing_month, time_zone, project_id, provider,
          model, service_tier, currency, cost, records, failed_records, unpriced_records, input_tokens, output_tokens,
          cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, reason, batch_id)
        VALUES ('late', 'acme', '2020-01-01', '2020-02-01', 'UTC', '', 'p', 'm', 'standard', 'USD', 1, 1, 0, 0, 1, 1,
          0, 0, 0, 'test', gen_random_uuid());
        INSERT INTO statement_lines (month, version, tenant_id, currency, time_zone, charges, corrections, total,
          minor_units, total_rounded, records, unpriced_records, input_tokens, output_tokens)
        VALUES ('2020-01-01', 1, 'acme', 'USD', 'UTC', 1, 0, 1, 2, 1, 1, 0, 1, 1);
        """)
      let changes = [
        "price_versions SET source = 'x'", "model_prices SET input_price = 0",
        "model_prices SET superseded_by = 1, output_price = 1", "price_aliases SET pattern = 'x'",
        "billing_journal SET reason = 'x'", "statements SET line_count = 0",
        "statement_lines SET total_rounded = 0", "cost_adjustments SET cost = 0",
        "billing_periods SET status = 'open'", "billing_periods SET version = 2",
        "billing_periods SET month = '2020-02-01'", "billing_periods SET reason = 'x'",
      ]
      for role in ["app_owner", "postgres"] {
        var connection = try database.connect()
        try connection.execute("SET ROLE \(role)")
        if role == "postgres" { try connection.execute("SET session_replication_role = replica") }
        for change in changes {
          let table = change.prefix { $0 != " " }
          for sql in ["UPDATE \(change)", "DELETE FROM \(table)", "TRUNCATE \(table) CASCADE"] {
            #expect(sqlState(of: sql, &connection) == "42501", "\(role): \(sql)")
          }
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

  /// A column that a migration adds has its comment in the partitioned table.
  @Test func everyTableAndColumnHasAComment() throws {
    try TestDatabase.with { database in
      let bare = try database.value(
        """
        SELECT string_agg(coalesce(c.relname || '.' || a.attname, c.relname), ', ')
        FROM pg_class c
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT c.relispartition
          AND (c.relkind <> 'v' OR c.relnamespace = 'reporting'::regnamespace)
        WHERE c.relnamespace IN ('public'::regnamespace, 'reporting'::regnamespace)
          AND c.relkind IN ('r', 'p', 'v')
          AND (obj_description(c.oid) IS NULL
               OR (a.attnum IS NOT NULL AND col_description(c.oid, a.attnum) IS NULL))
        """)
      #expect(bare == nil)
      let functions = try database.value(
        """
        SELECT string_agg(proname, ', ') FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND obj_description(oid) IS NULL
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
                           AND d.objid = pg_proc.oid AND d.deptype = 'i')
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
