// SPDX-License-Identifier: Apache-2.0
import Archive
import Postgres

/// What the catalogue says about a relation that is archived or restored.
struct ArchiveTable {
  /// Generated columns are left out: they come again by themselves.
  let columns: [ArchiveColumn]
  /// Partitioned itself: it has no rows of its own.
  let isPartitioned: Bool
  let isAttached: Bool
  /// The planner's estimate; nil when the table was never analysed.
  let rowsEstimate: Int64?

  /// Nil when there is no such table.
  static func find(
    schema: String, table: String, over connection: inout Connection
  ) throws(PostgresError) -> ArchiveTable? {
    let relation = try connection.query(
      """
      SELECT c.oid, c.reltuples::bigint, c.relkind = 'p', c.relispartition
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p')
      """, [schema, table])
    guard let oid = relation.text(0, 0) else { return nil }
    let found = try connection.query(
      """
      SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
       WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
       ORDER BY attnum
      """, [oid])
    let columns = (0..<found.rowCount).map { row in
      ArchiveColumn(
        name: found.text(row, 0) ?? "", type: found.text(row, 1) ?? "",
        isNotNull: found.bool(row, 2) ?? false)
    }
    let estimate = relation.int64(0, 1) ?? -1
    return ArchiveTable(
      columns: columns, isPartitioned: relation.bool(0, 2) ?? false,
      isAttached: relation.bool(0, 3) ?? false, rowsEstimate: estimate < 0 ? nil : estimate)
  }

  /// Who the server is, for the manifest. Where the role may not ask for it, the cluster is
  /// unknown.
  static func database(
    over connection: inout Connection
  ) throws(PostgresError) -> Manifest.Database {
    let found = try connection.query(
      """
      SELECT current_database(), has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')
      """, [])
    let system =
      found.bool(0, 1) == true
      ? try connection.query("SELECT system_identifier FROM pg_catalog.pg_control_system()", [])
        .text(0, 0) : nil
    return Manifest.Database(systemIdentifier: system, name: found.text(0, 0) ?? "")
  }

  /// The column that a table is partitioned by; nil when it is none or an expression.
  static func key(
    schema: String, table: String, over connection: inout Connection
  ) throws(PostgresError) -> String? {
    try connection.query(
      """
      SELECT a.attname FROM pg_partitioned_table p
        JOIN pg_class c ON c.oid = p.partrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
       WHERE n.nspname = $1 AND c.relname = $2 AND p.partstrat = 'r' AND p.partnatts = 1
      """, [schema, table]
    ).text(0, 0)
  }

  /// `"schema"."table"`.

  static func list(_ columns: [ArchiveColumn]) -> String {
    columns.map { SQL.identifier($0.name) }.joined(separator: ", ")
  }
}
