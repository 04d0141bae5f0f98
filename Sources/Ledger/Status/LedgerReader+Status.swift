// SPDX-License-Identifier: Apache-2.0
package import Postgres

extension LedgerReader {
  /// Every Kafka partition that was ever claimed, in order of topic and partition; also Daybook's
  /// own stream of events.
  package mutating func positions() throws(PostgresError) -> [PartitionPosition] {
    let sql = """
      SELECT cluster_id, topic, partition, next_offset, epoch, owner, halt_reason, halt_detail,
        \(Self.utc("updated_at"))
      FROM \(qualified("ingest_offsets")) ORDER BY topic, partition, cluster_id
      """
    return try rows(sql).map {
      PartitionPosition(
        clusterID: $0.text(0), topic: $0.text(1), partition: $0.integer(2),
        nextOffset: $0.integer(3), epoch: $0.integer(4), owner: $0.optional(5),
        haltReason: $0.optional(6), haltDetail: $0.optional(7), updatedAt: $0.text(8))
    }
  }

  /// Sums of the batch ledger over the last `seconds`.
  package mutating func rate(seconds: Int) throws(PostgresError) -> BatchRate {
    let sql = """
      SELECT count(*), coalesce(sum(seen), 0), coalesce(sum(stored), 0),
        coalesce(sum(duplicates), 0), coalesce(sum(rejected), 0),
        coalesce(sum(coalesce(records, seen)), 0), coalesce(sum(skipped), 0)
      FROM \(qualified("ingest_batches"))
      WHERE committed_at > now() - make_interval(secs => $1::integer)
      """
    let row = try rows(sql, [String(seconds)]).first
    return BatchRate(
      seconds: seconds, batches: row?.integer(0) ?? 0, records: row?.integer(5) ?? 0,
      seen: row?.integer(1) ?? 0, stored: row?.integer(2) ?? 0, duplicates: row?.integer(3) ?? 0,
      rejected: row?.integer(4) ?? 0, skipped: row?.integer(6) ?? 0)
  }

  /// When a batch of Kafka's records was committed last, RFC 3339 UTC; nil before the first.
  package mutating func lastCommit() throws(PostgresError) -> String? {
    let sql = """
      SELECT \(Self.utc("committed_at")) FROM \(qualified("ingest_batches"))
      WHERE spans->0->>'cluster' <> \(SQL.literal(PartitionPosition.ownCluster))
      ORDER BY committed_at DESC LIMIT 1
      """
    return try rows(sql).first?.optional(0)
  }

  /// How far the partitions of each table with a policy reach.
  package mutating func runways() throws(PostgresError) -> [PartitionRunway] {
    let sql = """
      WITH bounds AS (\(Self.partitionBounds)),
      months AS (
        SELECT p.table_name, n,
          EXISTS (SELECT FROM bounds b
            WHERE b.parent = to_regclass(format('%I.%I', $1::text, p.table_name))
              AND b.low <= m.month AND b.high > m.month) AS has_partition
        FROM \(qualified("partition_policies")) p,
          generate_series(0, p.months_ahead + 24) AS n,
          LATERAL (SELECT (date_trunc('month', now() AT TIME ZONE 'UTC')
            + make_interval(months => n)) AT TIME ZONE 'UTC' AS month) AS m)
      SELECT table_name,
        (SELECT count(*) FROM bounds b
          WHERE b.parent = to_regclass(format('%I.%I', $1::text, table_name))),
        coalesce(min(n) FILTER (WHERE NOT has_partition), max(n) + 1) - 1,
        (SELECT c.relname FROM bounds b JOIN pg_class c ON c.oid = b.child
          WHERE b.parent = to_regclass(format('%I.%I', $1::text, table_name))
          ORDER BY b.low LIMIT 1)
      FROM months GROUP BY table_name ORDER BY table_name
      """
    return try rows(sql, [schema]).map {
      PartitionRunway(
        table: $0.text(0), partitions: $0.integer(1), monthsAhead: $0.integer(2),
        oldest: $0.optional(3))
    }
  }

  /// Attached range partitions of the whole database; the casts read the bounds in any time zone.
  static let partitionBounds = """
    SELECT i.inhparent::regclass AS parent, c.oid AS child, bound[1]::timestamptz AS low,
      bound[2]::timestamptz AS high
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid,
      LATERAL regexp_match(pg_get_expr(c.relpartbound, c.oid),
        'FROM \\(''([^'']+)''\\) TO \\(''([^'']+)''\\)') AS bound
    WHERE c.relispartition AND c.relkind = 'r' AND bound IS NOT NULL
    """
}
