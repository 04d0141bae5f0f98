// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Migrations
import Postgres
import Testing

/// Migration 11: what a release before items has written stays what it is, and its schema comes
/// back.
struct ItemMigrationTests {
  @Test(arguments: TestServer.all)
  func theWayDownRestoresTheTables(_ server: TestServer) throws {
    try TestDatabase.with(.empty, on: server) { database in
      var migrator = try MigratorTests.migrator(database)
      try migrator.up(to: 10)
      let before = try #require(try database.value(Self.tables))
      try migrator.up(to: 11)
      #expect(try database.value(Self.tables) != before)
      try migrator.down(to: 10)
      #expect(try database.value(Self.tables) == before)
    }
  }

  /// Rows of before count as they did; no table is written anew.
  @Test(arguments: TestServer.all)
  func whatIsThereStaysWhereItIs(_ server: TestServer) throws {
    try TestDatabase.with(.empty, on: server) { database in
      var migrator = try MigratorTests.migrator(database)
      try migrator.up(to: 10)
      for table in ["audit_logs", "invocations"] { try database.value(MigratorTests.row(table)) }
      try database.value(Self.batch)
      let files = try database.value(Self.files)
      try migrator.up()
      #expect(try database.value(Self.files) == files)
      #expect(
        try database.value(
          """
          SELECT concat_ws(' ', records, seen, skipped, gap_offsets, next_offset - from_offset) FROM ingest_spans
          """) == "3 3 0 1 4")
      #expect(try database.value("SELECT records FROM ingest_batches") == nil)
      #expect(try database.value("SELECT count(source_item) FROM invocations") == "0")
      try migrator.down(to: 10)
      #expect(try database.value("SELECT sum(seen) FROM ingest_batches") == "3")
    }
  }

  @Test(arguments: [
    "INSERT INTO ingest_batches (batch_id, owner, seen, stored, duplicates, rejected, skipped, gap_offsets, spans)"
      + " VALUES (gen_random_uuid(), 'w', 1, 0, 0, 0, 1, 0, '[]')",
    "UPDATE ingest_batches SET records = 2",
    "UPDATE rejected_records SET item = 1",
    "UPDATE partition_retirements SET totals = '{\"tables\": {\"invocations\": {\"records\": 1, \"seen\": 2}}}'",
  ])
  func aLedgerWithItemsDoesNotGoDown(_ sql: String) throws {
    try TestDatabase.with { database in
      try database.value(Self.batch)
      try database.value(
        """
        INSERT INTO rejected_records (rejected_at, cluster_id, topic, partition, "offset", table_name, reason, message,
          batch_id) VALUES (now(), 'k', 't', 0, 1, 'invocations', 'not_json', 'm', gen_random_uuid());
        INSERT INTO partition_retirements (table_name, partition_name, partition_oid, lower_bound, upper_bound, state,
          reason, row_count, totals) VALUES ('ingest_batches', 'p', 0, '2020-01-01', '2020-02-01', 'dropped', 'r', 1, '{}');
        """)
      try database.value(sql)
      var migrator = try MigratorTests.migrator(database)
      expectError("records with several items, or with none") { () throws(MigrationError) in
        try migrator.down(to: 10)
      }
      #expect(try database.value("SELECT version FROM schema_migrations") == "11")
    }
  }

  /// The sum is a constraint: a batch cannot lose an item, and skip less than nothing.
  @Test(arguments: [
    "seen = 4", "skipped = 1", "seen = 2, skipped = -1", "records = -1",
  ])
  func theLedgerRefusesSumsThatAreNone(_ change: String) throws {
    try TestDatabase.with { database in
      try database.value(Self.batch)
      var connection = try database.connect()
      #expect(sqlState(of: "UPDATE ingest_batches SET \(change)", &connection) == "23514")
      #expect(
        sqlState(of: "UPDATE ingest_batches SET seen = 4, skipped = 1", &connection) == nil)
    }
  }

  /// Columns with their comments and rights, and constraints.
  static let tables = """
    SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
      SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid), a.attacl, col_description(c.oid, a.attnum)) AS line
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname !~ '_migrations$'
      UNION ALL
      SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated) FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace
      UNION ALL
      SELECT concat_ws(' ', relname, relacl, obj_description(oid, 'pg_class')) FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')) AS lines
    """

  private static let files = """
    SELECT string_agg(relname || pg_relation_filenode(oid), ' ' ORDER BY relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
      AND relname ~ '^(audit_logs|invocations|rejected_records|ingest_batches)_'
    """

  private static let batch = """
    INSERT INTO ingest_batches (batch_id, owner, seen, stored, duplicates, rejected, gap_offsets, spans)
    VALUES ('0190b7c2-6f3e-7c1a-9a53-0000000000b1', 'w', 3, 2, 1, 0, 1,
      '[{"cluster":"k","topic":"t","partition":0,"from":0,"next":4,"table":"invocations","seen":3,"stored":2,
         "duplicates":1,"rejected":0,"gaps":1}]')
    """
}
