// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Postgres

/// Reads a set that is to be adopted: bounds and types from the catalogue, never from names.
package struct AdoptionReader: Sendable {
  let schema: String

  package init(schema: String) { self.schema = schema }

  /// In the caller's transaction, which it leaves in UTC.
  package func read(
    _ table: String, _ connection: inout Connection
  ) throws(PostgresError) -> AdoptionSubject {
    try connection.execute("SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, MDY'")
    let set = try connection.query(Self.setSQL(schema), [schema, table])
    let children = try children(table, &connection)
    var hasRows = false
    if let name = children.first(where: \.isDefault)?.name {
      let relation = SQL.qualified(schema, name)
      hasRows = try connection.execute("SELECT EXISTS (SELECT FROM \(relation))").bool(0, 0) ?? true
    }
    var partman: PartmanConfiguration?
    if let partmanSchema = set.text(0, 6), set.text(0, 0) == "p" {
      partman = try configuration(table, partmanSchema, set.text(0, 7) ?? "", &connection)
    }
    return AdoptionSubject(
      schema: schema, table: table, kind: set.text(0, 0), owner: set.text(0, 1) ?? "",
      strategy: set.text(0, 2) ?? "", keyCount: Int(set.int64(0, 3) ?? 0),
      keyType: set.text(0, 4) ?? "", hasPolicy: set.bool(0, 5) ?? false, children: children,
      hasRowsInDefault: hasRows, partman: partman)
  }

  private static func setSQL(_ schema: String) -> String {
    """
    SELECT c.relkind, pg_get_userbyid(c.relowner), t.partstrat, t.partnatts,
      coalesce(format_type(a.atttypid, a.atttypmod), 'an expression'),
      EXISTS (SELECT FROM \(SQL.identifier(schema)).partition_policies p WHERE p.table_name = $2),
      e.schema, e.extversion
    FROM (SELECT to_regclass(format('%I.%I', $1::text, $2::text)) AS oid) AS wanted
    LEFT JOIN pg_class c ON c.oid = wanted.oid
    LEFT JOIN pg_partitioned_table t ON t.partrelid = c.oid
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = t.partattrs[0]
    LEFT JOIN (SELECT n.nspname AS schema, x.extversion FROM pg_extension x
                 JOIN pg_namespace n ON n.oid = x.extnamespace WHERE x.extname = 'pg_partman') AS e
      ON true
    """
  }

  private func children(
    _ table: String, _ connection: inout Connection
  ) throws(PostgresError) -> [AdoptionSubject.Child] {
    // Bit 5 of tgtype is TRUNCATE; a statement trigger does not come with ATTACH.
    let sql = """
      SELECT c.relname, c.relkind = 'r', pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT',
        (extract(epoch FROM b.bound[1]::timestamptz) * 1000000)::bigint,
        (extract(epoch FROM b.bound[2]::timestamptz) * 1000000)::bigint,
        pg_get_userbyid(c.relowner),
        (SELECT string_agg(format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I.%I FOR EACH STATEMENT '
                  'EXECUTE FUNCTION %s(); ALTER TABLE %I.%I ENABLE %s TRIGGER %I', g.tgname, $1::text,
                  c.relname, g.tgfoid::regproc, $1::text, c.relname,
                  CASE g.tgenabled WHEN 'A' THEN 'ALWAYS' ELSE '' END, g.tgname), chr(30)
                ORDER BY g.tgname)
           FROM pg_trigger g
          WHERE g.tgrelid = i.inhparent AND NOT g.tgisinternal AND g.tgtype & 32 <> 0
            AND NOT EXISTS (SELECT FROM pg_trigger o
                             WHERE o.tgrelid = c.oid AND o.tgtype & 32 <> 0 AND o.tgfoid = g.tgfoid))
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      LEFT JOIN pg_partitioned_table t ON t.partrelid = i.inhparent
      LEFT JOIN pg_attribute a ON a.attrelid = t.partrelid AND a.attnum = t.partattrs[0]
      CROSS JOIN LATERAL (SELECT CASE
        WHEN t.partnatts = 1 AND a.atttypid = 'timestamptz'::regtype
        THEN regexp_match(pg_get_expr(c.relpartbound, c.oid),
          '^FOR VALUES FROM \\(''(\\d[^'']+)''\\) TO \\(''(\\d[^'']+)''\\)$') END AS bound) AS b
      WHERE i.inhparent = to_regclass(format('%I.%I', $1::text, $2::text))
      ORDER BY 4, 1
      """
    let result = try connection.query(sql, [schema, table])
    return (0..<result.rowCount).map { number in
      let row = CatalogRow(values: (0..<result.columnCount).map { result.text(number, $0) })
      return AdoptionSubject.Child(
        name: row.text(0), isPlainTable: row.isTrue(1), isDefault: row.isTrue(2),
        lower: row.time(3), upper: row.time(4), owner: row.text(5), missingTriggers: row.list(6))
    }
  }

  /// Through JSON, because 4.7 and 5 have different columns.
  private func configuration(
    _ table: String, _ partmanSchema: String, _ version: String, _ connection: inout Connection
  ) throws(PostgresError) -> PartmanConfiguration? {
    let config = SQL.identifier(partmanSchema)
    let sql = """
      SELECT c.row->>'parent_table', c.row->>'premake', c.row->>'retention',
        CASE WHEN r.span = make_interval(months => r.months) THEN r.months END,
        c.row->>'automatic_maintenance' = 'on',
        EXISTS (SELECT FROM \(config).part_config_sub s WHERE s.sub_parent = c.row->>'parent_table'),
        coalesce((c.row->>'undo_in_progress')::boolean, false), c.row
      FROM (SELECT to_jsonb(p) AS row FROM \(config).part_config p
             WHERE p.parent_table = $1::text || '.' || $2::text) AS c
      CROSS JOIN LATERAL (SELECT (c.row->>'retention')::interval AS span) AS i
      CROSS JOIN LATERAL (SELECT i.span,
        (extract(year FROM i.span) * 12 + extract(month FROM i.span))::integer AS months) AS r
      """
    let result = try connection.query(sql, [schema, table])
    guard result.rowCount == 1, let parent = result.text(0, 0), let json = result.text(0, 7) else {
      return nil
    }
    return PartmanConfiguration(
      schema: partmanSchema, version: version, parentTable: parent,
      premake: Int(result.int64(0, 1) ?? 0),
      retention: result.text(0, 2), retentionMonths: result.int64(0, 3).map { Int($0) },
      isMaintained: result.bool(0, 4) ?? false, hasSubPartitions: result.bool(0, 5) ?? true,
      isBeingUndone: result.bool(0, 6) ?? true, json: json)
  }
}
