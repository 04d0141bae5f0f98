// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Migrations
import Postgres
import Testing

/// Migration 12: rows and rollups of before stay what and where they are, and the way down leaves
/// nothing.
struct UsageSourceMigrationTests {
  @Test(arguments: TestServer.all)
  func theWayDownRestoresTheTables(_ server: TestServer) throws {
    try TestDatabase.with(.empty, on: server) { database in
      var migrator = try MigratorTests.migrator(database)
      try migrator.up(to: 11)
      let before = try #require(try database.value(ItemMigrationTests.tables))
      try migrator.up()
      #expect(try database.value(ItemMigrationTests.tables) != before)
      try migrator.down(to: 11)
      #expect(try database.value(ItemMigrationTests.tables) == before)
    }
  }

  @Test(arguments: TestServer.all)
  func whatIsThereSaysNothingAndCountsAsItDid(_ server: TestServer) throws {
    try TestDatabase.with(.empty, on: server) { database in
      var migrator = try MigratorTests.migrator(database)
      try migrator.up(to: 11)
      try database.value(MigratorTests.row("invocations"))
      try database.value(
        """
        INSERT INTO costs_daily VALUES ('acme', '2026-08-01', '', 'p', 'm', 'standard', 'USD', 1.5, 1, 0, 0, 1, 1,
          0, 0, 0, now())
        """)
      let files = """
        SELECT string_agg(relname || pg_relation_filenode(oid), ' ' ORDER BY relname) FROM pg_class
        WHERE relkind = 'r' AND relname ~ '^(invocations_|costs_|cost_adjustments|reconciliation_drift)'
        """
      let before = try database.value(files)
      try migrator.up()
      #expect(try database.value(files) == before)
      #expect(
        try database.value("SELECT count(*) || ' ' || count(usage_source) FROM invocations")
          == "1 0")
      #expect(
        try database.value(
          "SELECT concat_ws(' ', cost, estimated_records, estimated_cost) FROM costs_daily")
          == "1.500000000000 0 0.000000000000")
      // New partitions have the constraint, too.
      try database.value("SELECT daybook_create_partition('invocations', '2031-01-01')")
      #expect(
        try database.value(
          """
          SELECT count(DISTINCT conrelid) = (SELECT count(*) + 1 FROM pg_inherits
            WHERE inhparent = 'invocations'::regclass) FROM pg_constraint WHERE conname = 'invocations_usage_source'
          """) == "t")
      try migrator.down(to: 11)
      #expect(try database.value("SELECT cost FROM costs_daily") == "1.500000000000")
    }
  }

  /// A statement does not say what of it is estimated, so those of before keep their hashes: this
  /// one was made before there were estimates.
  @Test func statementsOfBeforeVerify() throws {
    try TestDatabase.with { database in
      var connection = try database.connect()
      try connection.execute(
        """
        BEGIN;
        INSERT INTO statement_lines VALUES ('2020-01-01', 1, 'acme', 'USD', 'Acme', NULL, 'Europe/Berlin', 1.5, -0.25,
          1.25, 2, 1.25, 3, 1, 100, 10)
        """)
      let hash = try connection.execute(
        """
        SELECT encode(daybook_statement_sha256(ROW('2020-01-01'::date, 1, '2020-02-01T00:00:00Z'::timestamptz,
          'finance', 'over', NULL::timestamptz, 1::bigint, NULL::bytea, NULL::bytea)::statements), 'hex')
        """)
      #expect(
        hash.text(0, 0) == "d21fac0b5a2d4eade00ae41d4260c13c280975f5a87525568867c2868aee05f1")
      try connection.execute("ROLLBACK")
    }
  }
}
