// SPDX-License-Identifier: Apache-2.0
import Postgres

extension LedgerReader {
  /// A late line names the batch that stored its records, and no batch has more late records than
  /// it stored. Lines of batches that have left with retired partitions are not judged.
  mutating func checkLateLines(_ report: inout AuditReport) throws(PostgresError) {
    if report.isUnsettled("ingest_batches") { return }
    let sql = """
      SELECT l.batch_id, l.records, s.stored FROM (
        SELECT batch_id, sum(records) AS records FROM \(qualified("cost_adjustments"))
        WHERE kind = 'late' AND created_at >= coalesce(
          (SELECT max(upper_bound) + interval '1 hour' FROM \(qualified("partition_retirements"))
           WHERE table_name = 'ingest_batches'), '-infinity')
        GROUP BY batch_id) AS l
      LEFT JOIN (SELECT batch_id, sum(stored) AS stored FROM \(qualified("ingest_spans"))
        WHERE table_name = 'invocations' GROUP BY batch_id) AS s USING (batch_id)
      WHERE l.records > coalesce(s.stored, 0) OR l.records <= 0 ORDER BY 1
      """
    let wrong = try rows(sql, deadline: scanDeadline)
    report.add(
      wrong.map { row in
        let stored = row.optional(2).map { "that stored \($0)" } ?? "that the ledger does not have"
        return "cost_adjustments: \(row.text(1)) late records of batch \(row.text(0)) \(stored)"
      })
  }
}
