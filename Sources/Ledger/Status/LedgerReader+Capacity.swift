// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Postgres

extension LedgerReader {
  /// Sizes, rates and limits as they are now; reads catalogue and statistics, and the batches of
  /// four weeks.
  package mutating func capacity() throws(PostgresError) -> Capacity {
    let server = try rows(
      """
      SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM'),
        extract(epoch FROM now() AT TIME ZONE 'UTC' - month)
          / extract(epoch FROM month + interval '1 month' - month),
        pg_database_size(current_database()),
        (SELECT wal_bytes / extract(epoch FROM now() - stats_reset) * 86400 FROM pg_stat_wal
          WHERE stats_reset < now() - interval '1 hour'),
        -- Workers count too: only who reads all statistics can tell them from others' sessions.
        (SELECT sum(numbackends) FROM pg_stat_database),
        current_setting('max_connections'),
        (SELECT coalesce(sum(stored), 0)
            / greatest(1, extract(epoch FROM now() - min(committed_at)) / 86400)
          FROM \(qualified("ingest_batches")) WHERE committed_at > now() - interval '28 days')
      FROM date_trunc('month', now() AT TIME ZONE 'UTC') AS month
      """
    ).first
    return Capacity(
      now: server.flatMap { Month($0.text(0)) } ?? Month(year: 1970, month: 1),
      monthPassed: max(Self.monthPassedMin, server.flatMap { Double($0.text(1)) } ?? 1),
      databaseBytes: server?.integer(2) ?? 0, tables: try monthlyTables(),
      walBytesPerDay: server.flatMap { $0.optional(3) }.flatMap { Double($0) },
      connections: server?.integer(4) ?? 0, connectionsMax: server?.integer(5) ?? 0,
      recordsPerDay: server.flatMap { Double($0.text(6)) } ?? 0)
  }

  private mutating func monthlyTables() throws(PostgresError) -> [Capacity.MonthlyTable] {
    let sizes = try rows(
      """
      SELECT p.table_name, p.retention_months, to_char(b.low AT TIME ZONE 'UTC', 'YYYY-MM'),
        sum(pg_total_relation_size(b.child))
      FROM \(qualified("partition_policies")) p
        LEFT JOIN (\(Self.partitionBounds)) b
          ON b.parent = to_regclass(format('%I.%I', $1::text, p.table_name))
      GROUP BY 1, 2, 3 ORDER BY 1, 3
      """, [schema])
    var tables: [Capacity.MonthlyTable] = []
    for row in sizes {
      if tables.last?.name != row.text(0) {
        tables.append(
          Capacity.MonthlyTable(
            name: row.text(0), retentionMonths: Int(row.integer(1)), bytes: [:]))
      }
      guard let month = Month(row.text(2)) else { continue }
      tables[tables.count - 1].bytes[month] = row.integer(3)
    }
    return tables
  }

  /// A month that has just begun tells nothing: about one day.
  private static let monthPassedMin = 0.03
}
