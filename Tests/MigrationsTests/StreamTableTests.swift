// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Migrations
import Postgres
import Records
import Testing

/// What a migration must make for a stream, and what the program makes for it: each missing thing
/// is named.
struct StreamTableTests {
  @Test(arguments: Records.Stream.all, TestServer.all)
  func theTableHasWhatItNeeds(_ stream: Records.Stream, _ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let tables: [(name: String, columns: [StoredColumn])] =
        [(stream.table, stream.storedColumns)]
        + stream.sums.map { ($0.table, $0.storedColumns(of: stream)) }
      let check = SchemaCheck(
        tables: tables.map { table in
          (name: table.name, columns: table.columns.map { (name: $0.name, sqlType: $0.sqlType) })
        }, daybookVersion: "test")
      var connection = try database.connect()
      let found = try check.differences(&connection).filter { !$0.isMissingPartition }
      #expect(found.map { "\($0)" } == [])
      for table in tables {
        #expect(
          try Self.notNull(database, table.name) == Self.required(table.columns), "\(table.name)")
        #expect(try Self.columnsWithoutComment(database, table.name) == nil, "COMMENT ON COLUMN")
      }
      #expect(
        try Self.primaryKey(database, stream.table) == stream.identityColumns.joined(separator: " ")
      )
      for (what, sql) in Self.needs(of: stream) {
        #expect(try database.value(sql) == "t", "\(stream.table): \(what)")
      }
    }
  }

  /// Declared in Swift and in the database.
  @Test func rollupsAreThoseOfTheDeclarations() throws {
    try TestDatabase.with { database in
      let declared = Records.Stream.all.flatMap { stream in
        stream.sums.map { "\($0.table) \(stream.table) rows" }
          + (stream.rollup == nil
            ? [] : ["costs_daily", "costs_monthly"].map { "\($0) \(stream.table) batch" })
      }
      let found = try database.value(
        "SELECT string_agg(concat_ws(' ', rollup, table_name, counted), ',') FROM stream_rollups")
      #expect(Set((found ?? "").split(separator: ",").map(String.init)) == Set(declared))
      for stream in Records.Stream.all {
        for sums in stream.sums {
          let key = sums.keyColumns.joined(separator: " ")
          #expect(try Self.primaryKey(database, sums.table) == key, "\(sums.table)")
          for name in sums.keys {
            #expect(
              stream.columns.first { $0.name == name }?.isNeverNull == true,
              "\(sums.table) counts by \(name), which may be null")
          }
        }
      }
    }
  }

  private static func needs(of stream: Records.Stream) -> [(String, String)] {
    let id = stream.idColumn
    let readable =
      ["tenant_id", "occurred_at", id, "content_sha256", "source_offset", "source_item"]
    return [
      (
        "INSERT INTO partition_policies",
        "SELECT EXISTS (SELECT FROM partition_policies WHERE table_name = '\(stream.table)')"
      ),
      (
        "triggers that refuse changes, always enabled",
        """
        SELECT count(*) = 2 FROM pg_trigger WHERE tgrelid = '\(stream.table)'::regclass
          AND tgname IN ('refuse_change', 'refuse_truncate') AND tgenabled = 'A'
        """
      ),
      (
        "rights of app_write",
        "SELECT has_table_privilege('app_write', '\(stream.table)', 'INSERT')"
          + readable.map {
            " AND has_column_privilege('app_write', '\(stream.table)', '\($0)', 'SELECT')"
          }
          .joined()
      ),
      (
        "SELECT for app_audit_read",
        "SELECT has_table_privilege('app_audit_read', '\(stream.table)', 'SELECT')"
      ),
    ]
      + stream.sums.flatMap { sums in
        [
          (
            "trigger that counts for \(sums.table)",
            """
            SELECT count(*) = 1 FROM pg_trigger WHERE tgrelid = '\(stream.table)'::regclass
              AND tgname = 'stage_\(sums.table)' AND tgenabled = 'A'
            """
          ),
          (
            "rights on \(sums.table)",
            """
            SELECT has_table_privilege('app_write', '\(sums.table)', 'SELECT')
              AND has_table_privilege('app_write', '\(sums.table)', 'UPDATE')
              AND has_table_privilege('app_read', '\(sums.table)', 'SELECT')
            """
          ),
        ]
      }
  }

  private static func primaryKey(_ database: TestDatabase, _ table: String) throws -> String? {
    try database.value(
      """
      SELECT string_agg(a.attname, ' ' ORDER BY array_position(i.indkey::int2[], a.attnum))
      FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
      WHERE i.indrelid = '\(table)'::regclass AND i.indisprimary
      """)
  }

  private static func notNull(_ database: TestDatabase, _ table: String) throws -> String {
    try database.value(
      """
      SELECT string_agg(attname, ' ' ORDER BY attname COLLATE "C") FROM pg_attribute
      WHERE attrelid = '\(table)'::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull
      """) ?? ""
  }

  private static func required(_ columns: [StoredColumn]) -> String {
    columns.filter(\.isRequired).map(\.name).sorted().joined(separator: " ")
  }

  private static func columnsWithoutComment(
    _ database: TestDatabase, _ table: String
  ) throws -> String? {
    try database.value(
      """
      SELECT string_agg(attname, ' ') FROM pg_attribute WHERE attrelid = '\(table)'::regclass AND attnum > 0
        AND NOT attisdropped AND col_description(attrelid, attnum) IS NULL
      """)
  }
}
