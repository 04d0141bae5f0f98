// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Postgres

extension HoldBook {
  /// Active holds in order of their numbers; with `all` the released ones too.
  package mutating func holds(all: Bool) throws(PostgresError) -> [LegalHold] {
    let sql = """
      WITH places AS (\(placesSQL))
      SELECT h.hold_id, h.tenant_id, h.table_name, \(Self.microseconds("h.held_from")),
        \(Self.microseconds("h.held_to")), h.reason, h.matter, h.placed_by, \(Self.utc("h.placed_at")),
        h.released_by, \(Self.utc("h.released_at")), h.release_reason,
        \(["attached", "leaving", "dropped"].map { "string_agg(p.name, ',' ORDER BY p.name) "
          + "FILTER (WHERE p.kind = '\($0)')" }.joined(separator: ", "))
      FROM \(qualified("legal_holds")) h LEFT JOIN places p
        ON (h.table_name IS NULL OR h.table_name = p.table_name)
          AND h.held_from < p.upper AND h.held_to > p.lower
      \(all ? "" : "WHERE h.released_at IS NULL") GROUP BY h.hold_id ORDER BY h.hold_id
      """
    return try rows(sql, asOwner: false).map { row in
      LegalHold(
        id: row[0].flatMap { Int64($0) } ?? 0,
        scope: HoldScope(
          tenant: row[1], table: row[2], from: Self.time(row[3]), to: Self.time(row[4])),
        reason: row[5] ?? "", matter: row[6], placedBy: row[7] ?? "", placedAt: row[8] ?? "",
        releasedBy: row[9], releasedAt: row[10], releaseReason: row[11],
        partitions: Self.names(row[12]), leaving: Self.names(row[13]), dropped: Self.names(row[14]))
    }
  }

  /// Names of the partitioned tables, for suggestions.
  package mutating func tables() throws(PostgresError) -> [String] {
    try rows(
      """
      SELECT relname FROM pg_class WHERE relkind = 'p' AND NOT relispartition
        AND relnamespace = \(SQL.literal(SQL.identifier(schema)))::regnamespace ORDER BY relname
      """
    ).compactMap(\.first?.self)
  }

  /// Everything with a range: table_name, name, kind, lower, upper.
  var placesSQL: String {
    """
    SELECT t.relname AS table_name, c.relname AS name, 'attached' AS kind,
      coalesce(bound[1]::timestamptz, '-infinity') AS lower,
      coalesce(bound[2]::timestamptz, 'infinity') AS upper
    FROM pg_class t JOIN pg_inherits i ON i.inhparent = t.oid JOIN pg_class c ON c.oid = i.inhrelid
    LEFT JOIN pg_partitioned_table g ON g.partrelid = t.oid
    LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = g.partattrs[0]
    CROSS JOIN LATERAL (SELECT CASE WHEN a.atttypid = 'timestamptz'::regtype THEN
      regexp_match(pg_get_expr(c.relpartbound, c.oid),
        '^FOR VALUES FROM \\((?:''([^'']+)''|MINVALUE)\\) TO \\((?:''([^'']+)''|MAXVALUE)\\)$')
      END AS bound) AS b
    WHERE t.relkind = 'p' AND t.relnamespace = \(SQL.literal(SQL.identifier(schema)))::regnamespace
      AND NOT EXISTS (\(leavingSQL) AND r.partition_oid = c.oid)
    UNION ALL
    SELECT r.table_name, r.partition_name, 'leaving', r.lower_bound, r.upper_bound
    FROM \(qualified("partition_retirements")) r WHERE r.state <> 'dropped'
    UNION ALL
    SELECT r.table_name, r.partition_name, 'dropped', r.lower_bound, r.upper_bound
    FROM \(qualified("partition_retirements")) r
    WHERE r.state = 'dropped' OR jsonb_array_length(r.earlier) > 0
    """
  }

  private var leavingSQL: String {
    "SELECT FROM \(qualified("partition_retirements")) r WHERE r.state <> 'dropped'"
  }

  private static func names(_ list: String?) -> [String] {
    (list ?? "").split(separator: ",").map(String.init)
  }

  private static func time(_ text: String?) -> Timestamp? {
    text.flatMap { Int64($0) }.map { Timestamp(unixMicroseconds: $0) }
  }

  /// Since 1970; NULL for an infinite time.
  private static func microseconds(_ time: String) -> String {
    "CASE WHEN isfinite(\(time)) THEN (extract(epoch FROM \(time)) * 1000000)::bigint END"
  }
}
