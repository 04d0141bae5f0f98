// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import Postgres

extension ArchiveSubject {
  /// The attached partition of a table that begins with a month; nil when there is none in the
  /// schema of its table.
  package static func find(
    schema: String, table: String, month: Month, over connection: inout Connection
  ) throws(UpkeepError) -> ArchiveSubject? {
    try attached(schema: schema, over: &connection) { subject in
      subject.table == table && subject.lower == month.start
    }
  }

  /// The attached partition of this name; nil when there is none.
  package static func find(
    schema: String, partition: String, over connection: inout Connection
  ) throws(UpkeepError) -> ArchiveSubject? {
    try attached(schema: schema, over: &connection) { $0.partition == partition }
  }

  private static func attached(
    schema: String, over connection: inout Connection, where matches: (ArchiveSubject) -> Bool
  ) throws(UpkeepError) -> ArchiveSubject? {
    do throws(PostgresError) {
      try connection.execute(
        "\(Begin.snapshot); SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, MDY'")
      let found = try connection.query(
        """
        SELECT p.relname, c.relname, extract(epoch FROM bound[1]::timestamptz) * 1000000,
               extract(epoch FROM bound[2]::timestamptz) * 1000000
          FROM pg_inherits i
          JOIN pg_class c ON c.oid = i.inhrelid
          JOIN pg_class p ON p.oid = i.inhparent
          JOIN pg_namespace n ON n.oid = p.relnamespace AND n.oid = c.relnamespace
          JOIN pg_partitioned_table t ON t.partrelid = p.oid
          JOIN pg_attribute a ON a.attrelid = p.oid AND a.attnum = t.partattrs[0]
         CROSS JOIN LATERAL regexp_match(pg_get_expr(c.relpartbound, c.oid),
                      '^FOR VALUES FROM \\(''([^'']+)''\\) TO \\(''([^'']+)''\\)$') AS bound
         WHERE n.nspname = $1 AND a.atttypid = 'timestamptz'::regtype AND bound IS NOT NULL
        """, [schema])
      try connection.execute("COMMIT")
      return (0..<found.rowCount).lazy
        .map { row in
          ArchiveSubject(
            schema: schema, table: found.text(row, 0) ?? "", partition: found.text(row, 1) ?? "",
            lower: time(found.text(row, 2)), upper: time(found.text(row, 3)))
        }.first(where: matches)
    } catch {
      throw UpkeepError(error)
    }
  }

  /// `1780272000000000.000000`: whole microseconds since 1970.
  private static func time(_ text: String?) -> Timestamp {
    let whole = text.flatMap { Int64($0.prefix { $0 != "." }) }
    return Timestamp(unixMicroseconds: whole ?? 0)
  }
}
