// SPDX-License-Identifier: Apache-2.0
import Postgres
import Records

extension LedgerReader {
  /// What left with retired partitions and was counted then: table_name, partition_name, oid,
  /// lower_bound, upper_bound, row_count, totals.
  var receiptsSQL: String {
    """
    (SELECT table_name, partition_name, partition_oid::bigint AS oid, lower_bound, upper_bound,
       row_count, totals
     FROM \(qualified("partition_retirements")) WHERE state NOT IN ('detaching', 'detached')
     UNION ALL
     SELECT r.table_name, r.partition_name, (e->>'partition_oid')::bigint, r.lower_bound,
       r.upper_bound, (e->>'row_count')::bigint, e->'totals'
     FROM \(qualified("partition_retirements")) r, jsonb_array_elements(r.earlier) AS e)
    """
  }

  /// Keeps the partitioned tables from losing a partition while they are read.
  ///
  /// Comes before the first query, so that the snapshot is not older than the lock. A concurrent
  /// detach waits for us without blocking anybody.
  mutating func lockTables() throws(PostgresError) {
    let names = Stream.all.map(\.table) + ["rejected_records", "ingest_batches"]
    let list = names.map { "ONLY " + qualified($0) }.joined(separator: ", ")
    try connection.execute("LOCK TABLE \(list) IN ACCESS SHARE MODE")
  }

  /// Which partitions have left or are leaving; what is wrong with their receipts.
  mutating func checkRetirements(_ report: inout AuditReport) throws(PostgresError) -> RetiredDays {
    let transit = try rows(
      """
      SELECT r.table_name, r.partition_name, r.state FROM \(qualified("partition_retirements")) r
      WHERE \(RetiredDays.isInTransit) ORDER BY r.table_name, r.lower_bound
      """)
    report.inTransit = transit.map {
      AuditReport.Transit(table: $0.text(0), partition: $0.text(1), state: $0.text(2))
    }
    let attached = try rows(
      """
      SELECT r.table_name, r.partition_name, r.state FROM \(qualified("partition_retirements")) r
      WHERE r.state NOT IN ('detaching', 'detached', 'dropped')
        AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = r.partition_oid)
      """)
    report.add(
      attached.map {
        "\($0.text(0)): partition \($0.text(1)) was counted as retired (\($0.text(2))) and is "
          + "attached again"
      })
    let wrong = try rows(
      """
      SELECT c.table_name, c.partition_name FROM \(receiptsSQL) AS c LEFT JOIN LATERAL (
        SELECT detail FROM \(qualified("partition_journal")) j
        WHERE j.action = 'revoke' AND j.table_name = c.table_name
          AND j.partition_name = c.partition_name AND j.partition_oid::bigint = c.oid
        ORDER BY id DESC LIMIT 1) AS j ON true
      WHERE j.detail IS DISTINCT FROM c.totals OR c.row_count::text IS DISTINCT FROM c.totals->>'rows'
      ORDER BY c.table_name, c.lower_bound
      """)
    report.add(
      wrong.map {
        "\($0.text(0)): the counts of retired partition \($0.text(1)) are not those that were "
          + "journaled when it left"
      })
    return try RetiredDays.read(&connection, schema: schema)
  }
}
