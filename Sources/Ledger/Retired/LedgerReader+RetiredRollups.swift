// SPDX-License-Identifier: Apache-2.0
import Postgres

extension LedgerReader {
  /// Of each range of days of which rows are gone: what left + what is there + what was repriced
  /// = what the daily rollup says + the late records, in records and in each currency. A month that
  /// was made again may have rows of both kinds.
  ///
  /// A receipt has sums of a partition, by UTC, of all tenants together. With tenants in other
  /// zones the ranges are a day longer on both sides, so that whatever left lies in them in every
  /// zone; how it was divided among days, tenants and models within a range cannot be compared any
  /// more.
  mutating func compareDaysWithReceipts(
    _ comparison: RollupComparison, _ report: inout AuditReport
  ) throws(PostgresError) {
    guard !comparison.daysLeftOut.settled.isEmpty else { return }
    let found = try rows(receiptDifferencesSQL(comparison), deadline: scanDeadline)
    report.add(
      found.map { row in
        "costs_daily: \(row.text(0))..<\(row.text(1)): \(row.text(3)) \(row.text(2)) left with "
          + "retired partitions and \(row.text(4)) are in the rows, the rollup says \(row.text(5))"
      })
  }

  private func receiptDifferencesSQL(_ comparison: RollupComparison) -> String {
    let ranges = comparison.daysLeftOut.settled.map { "('\($0.from)'::date, '\($0.to)'::date)" }
    let settled = RetiredDays(comparison.daysLeftOut.settled)
    let day =
      comparison.hasZones
      ? "\(SQL.identifier(schema)).daybook_billing_day(tenant_id, occurred_at)"
      : "(occurred_at AT TIME ZONE 'UTC')::date"
    let near = (comparison.hasZones ? settled.widened.widened : settled)
      .condition(time: "occurred_at")
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
          SELECT \(day) AS day, currency, count(*) AS records, sum(cost) AS cost
          FROM \(qualified("invocations")) WHERE \(near) GROUP BY 1, 2) AS rows,
          LATERAL (VALUES (currency::text, cost), ('records', records)) AS v(what, amount)
        WHERE amount IS NOT NULL
        UNION ALL
        SELECT day, what, 0, amount, 0 FROM (
          SELECT \(day) AS day, currency, records, cost FROM \(qualified("cost_adjustments"))
          WHERE kind = 'reprice' AND billing_month = charge_month AND \(near)) AS reprices,
          LATERAL (VALUES (currency::text, cost), ('records', records)) AS v(what, amount)
        WHERE what <> '\(Self.noCurrency)'
        UNION ALL
        SELECT day, what, 0, 0, amount FROM (
          SELECT day, currency, records, cost FROM \(qualified("costs_daily"))
          WHERE \(settled.condition(date: "day"))
          UNION ALL SELECT charge_day, currency, records, cost FROM \(qualified("cost_adjustments"))
          WHERE kind = 'late' AND \(settled.condition(date: "charge_day"))) AS rollups,
          LATERAL (VALUES (currency::text, cost), ('records', records)) AS v(what, amount)
        WHERE what <> '\(Self.noCurrency)')
      SELECT first, last, what, trim_scale(sum(retired)), trim_scale(sum(there)),
        trim_scale(sum(rollup))
      FROM ranges JOIN amounts ON day >= first AND day < last
      GROUP BY 1, 2, 3 HAVING sum(retired) + sum(there) <> sum(rollup)
      ORDER BY 1, 2, 3
      """
  }
}
