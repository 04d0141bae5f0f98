// SPDX-License-Identifier: Apache-2.0
import Postgres

extension LedgerReader {
  /// Recomputes both rollups from the rows and adjustments and compares every value, to the last
  /// digit. Days of which rows are gone are compared with what the rows summed up to when they
  /// left; their months, like all others, with the days.
  mutating func checkRollups(
    _ report: inout AuditReport, _ retired: RetiredDays
  ) throws(PostgresError) {
    let comparison = RollupComparison(
      schema: schema, hasZones: try hasZones(), retired: retired)
    let found = try rows(comparison.sentencesSQL, deadline: scanDeadline)
    for granularity in ["day", "month"] {
      report.add(
        found.filter { $0.text(0) == granularity }.map { row in
          RollupComparison.sentence { row.text($0) }
        })
    }
    if !comparison.daysLeftOut.isEmpty { try compareDaysWithReceipts(comparison, &report) }
    try checkSums(&report)
  }

  private mutating func hasZones() throws(PostgresError) -> Bool {
    try rows("SELECT EXISTS (SELECT FROM \(qualified("tenant_time_zones")))").first?.text(0) == "t"
  }

  private mutating func checkSums(_ report: inout AuditReport) throws(PostgresError) {
    let sums = try rows(sumsSQL, deadline: scanDeadline)
    report.costs = sums.map {
      AuditReport.CostSum(
        currency: $0.text(0), rows: $0.text(1), retired: $0.text(2), repriced: $0.text(3),
        daily: $0.text(4), monthly: $0.text(5), corrections: $0.text(6))
    }
    if report.isUnsettled("invocations") { return }
    for (sum, row) in zip(report.costs, sums) where row.text(7) != "t" {
      report.add([
        "costs in \(sum.currency): rows \(sum.rows)\(Self.and(sum.retired, "retired"))"
          + "\(Self.and(sum.repriced, "repriced")), daily \(sum.daily), monthly \(sum.monthly)"
          + Self.and(sum.corrections, "in corrections")
      ])
    }
  }

  private static func and(_ amount: String, _ what: String) -> String {
    amount == "0" ? "" : " and \(amount) \(what)"
  }

  /// Late records are rows and corrections; repriced ones are lines, corrections or not.
  private var sumsSQL: String {
    """
    SELECT currency, trim_scale(sum(rows)), trim_scale(sum(retired)), trim_scale(sum(repriced)),
      trim_scale(sum(daily)), trim_scale(sum(monthly)), trim_scale(sum(corrections)),
      sum(rows) + sum(retired) + sum(repriced) = sum(daily) + sum(corrections)
        AND sum(daily) = sum(monthly)
    FROM (
      SELECT currency, cost AS rows, 0 AS retired, 0 AS repriced, 0 AS daily, 0 AS monthly,
        0 AS corrections
      FROM \(qualified("invocations")) WHERE cost IS NOT NULL
      UNION ALL SELECT t.key, 0, t.value::numeric, 0, 0, 0, 0
      FROM \(receiptsSQL) AS c, jsonb_each_text(c.totals->'costs') AS t
      WHERE c.table_name = 'invocations'
      UNION ALL SELECT currency, 0, 0, CASE WHEN kind = 'reprice' THEN cost ELSE 0 END, 0, 0,
        CASE WHEN billing_month <> charge_month THEN cost ELSE 0 END
      FROM \(qualified("cost_adjustments"))
      UNION ALL SELECT currency, 0, 0, 0, cost, 0, 0 FROM \(qualified("costs_daily"))
      UNION ALL SELECT currency, 0, 0, 0, 0, cost, 0 FROM \(qualified("costs_monthly"))
    ) AS amounts WHERE currency <> '\(Self.noCurrency)' GROUP BY currency ORDER BY currency
    """
  }
}
