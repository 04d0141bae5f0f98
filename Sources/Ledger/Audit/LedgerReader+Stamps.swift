// SPDX-License-Identifier: Apache-2.0
import Postgres

extension LedgerReader {
  /// Every price that a record names is there, and was in force when the record happened. A
  /// database that was restored to before a change of prices may give their numbers again.
  mutating func checkPriceStamps(_ report: inout AuditReport) throws(PostgresError) {
    let sql = """
      SELECT s.price_version, s.records, p.price_id IS NOT NULL
      FROM (SELECT price_version, count(*) AS records, min(occurred_at) AS first,
              max(occurred_at) AS last
            FROM \(qualified("invocations")) WHERE price_version IS NOT NULL GROUP BY 1) AS s
      LEFT JOIN \(qualified("model_prices")) AS p ON p.price_id::text = s.price_version
      WHERE p.price_id IS NULL OR s.first < p.effective_from OR s.last >= p.effective_to
      ORDER BY s.price_version
      """
    let wrong = try rows(sql, deadline: scanDeadline)
    report.add(
      wrong.map { row in
        let what = row.text(2) == "t" ? "was not in force then" : "is not in the catalogue"
        return "invocations: \(row.text(1)) records name price \(row.text(0)), which \(what)"
      })
  }
}
