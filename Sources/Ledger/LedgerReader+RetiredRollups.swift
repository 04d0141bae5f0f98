// SPDX-License-Identifier: Apache-2.0
import Postgres

extension LedgerReader {
  /// Of each range of days of which rows are gone: what left + what is there = what the daily rollup
  /// says, in records and in each currency. A month that was made again may have rows of both kinds.
  mutating func compareDaysWithReceipts(
    _ retired: RetiredDays, _ report: inout AuditReport
  ) throws(PostgresError) {
    guard !retired.settled.isEmpty else { return }
    let found = try rows(receiptDifferencesSQL(retired), deadline: Self.scanDeadline)
    report.add(
      found.map { row in
        "costs_daily: \(row.text(0))..<\(row.text(1)): \(row.text(3)) \(row.text(2)) left with "
          + "retired partitions and \(row.text(4)) are in the rows, the rollup says \(row.text(5))"
      })
  }

  private func receiptDifferencesSQL(_ retired: RetiredDays) -> String {
    let ranges = retired.settled.map { "('\($0.from)'::date, '\($0.to)'::date)" }
    let settled = RetiredDays(retired.settled)
    return """
      WITH ranges (first, last) AS (VALUES \(ranges.joined(separator: ", "))),
      amounts (day, what, retired, there, rollup) AS (
        SELECT (lower_bound AT TIME ZONE 'UTC')::date, t.key, t.value::numeric, 0, 0
        FROM \(receiptsSQL) AS c, jsonb_each_text(c.totals->'costs') AS t
        WHERE c.table_name = 'invocations'
        UNION ALL
        SELECT (lower_bound AT TIME ZONE 'UTC')::date, 'records', row_count, 0, 0
        FROM \(receiptsSQL) AS c WHERE c.table_name = 'invocations'
        UNION ALL
        SELECT day, what, 0, amount, 0 FROM (
          SELECT (occurred_at AT TIME ZONE 'UTC')::date AS day, currency, count(*) AS records,
            sum(cost) AS cost
          FROM \(table("invocations")) WHERE \(settled.condition(time: "occurred_at"))
          GROUP BY 1, 2) AS rows,
          LATERAL (VALUES (currency::text, cost), ('records', records)) AS v(what, amount)
        WHERE amount IS NOT NULL
        UNION ALL
        SELECT day, what, 0, 0, amount FROM \(table("costs_daily")),
          LATERAL (VALUES (currency::text, cost), ('records', records)) AS v(what, amount)
        WHERE \(settled.condition(date: "day")) AND what <> '\(Self.noCurrency)')
      SELECT first, last, what, trim_scale(sum(retired)), trim_scale(sum(there)),
        trim_scale(sum(rollup))
      FROM ranges JOIN amounts ON day >= first AND day < last
      GROUP BY 1, 2, 3 HAVING sum(retired) + sum(there) <> sum(rollup)
      ORDER BY 1, 2, 3
      """
  }
}
