// SPDX-License-Identifier: Apache-2.0
import Postgres

/// A rollup table and how its period is computed from a row.
private struct RollupTable {
  let name: String
  let period: String
  let periodOfRow: String

  static let daily = RollupTable(
    name: "costs_daily", period: "day", periodOfRow: "(occurred_at AT TIME ZONE 'UTC')::date")
  static let monthly = RollupTable(
    name: "costs_monthly", period: "month",
    periodOfRow: "date_trunc('month', occurred_at AT TIME ZONE 'UTC')::date")
}

extension LedgerReader {
  /// Recomputes both rollups from the rows and compares every value, to the last digit. Days of
  /// which rows are gone are compared with what the rows summed up to when they left, and their
  /// months with the days.
  mutating func checkRollups(
    _ report: inout AuditReport, _ retired: RetiredDays
  ) throws(PostgresError) {
    try compare(.daily, "the rows", recomputedSQL(.daily, without: retired), retired, &report)
    let months = retired.months
    try compare(.monthly, "the rows", recomputedSQL(.monthly, without: months), months, &report)
    if !retired.isEmpty {
      try compareDaysWithMonths(months, &report)
      try compareDaysWithReceipts(retired, &report)
    }
    let sums = try rows(sumsSQL, deadline: Self.scanDeadline)
    report.costs = sums.map {
      AuditReport.CostSum(
        currency: $0.text(0), rows: $0.text(1), retired: $0.text(2), daily: $0.text(3),
        monthly: $0.text(4))
    }
    if report.isUnsettled("invocations") { return }
    for (sum, row) in zip(report.costs, sums) where row.text(5) != "t" {
      let retired = sum.retired == "0" ? "" : " and \(sum.retired) retired"
      report.add([
        "costs in \(sum.currency): rows \(sum.rows)\(retired), daily \(sum.daily), "
          + "monthly \(sum.monthly)"
      ])
    }
  }

  private mutating func compare(
    _ rollup: RollupTable, _ source: String, _ computed: String, _ left: RetiredDays,
    _ report: inout AuditReport
  ) throws(PostgresError) {
    let kept =
      "SELECT * FROM \(table(rollup.name)) WHERE NOT \(left.condition(date: rollup.period))"
    try compare(rollup, source, computed, kept: kept, &report)
  }

  private mutating func compareDaysWithMonths(
    _ months: RetiredDays, _ report: inout AuditReport
  ) throws(PostgresError) {
    let sums = Self.measures.map { "sum(\($0)) AS \($0)" }.joined(separator: ", ")
    let computed = """
      SELECT tenant_id, date_trunc('month', day)::date AS month, project_id, provider, model,
        service_tier, currency, \(sums)
      FROM \(table("costs_daily")) WHERE \(months.condition(date: "day")) GROUP BY 1, 2, 3, 4, 5, 6, 7
      """
    let kept = "SELECT * FROM \(table("costs_monthly")) WHERE \(months.condition(date: "month"))"
    try compare(.monthly, "the days", computed, kept: kept, &report)
  }

  private mutating func compare(
    _ rollup: RollupTable, _ source: String, _ computed: String, kept: String,
    _ report: inout AuditReport
  ) throws(PostgresError) {
    let found = try rows(
      differencesSQL(rollup, computed: computed, kept: kept), deadline: Self.scanDeadline)
    let problems = found.map { row in
      "\(rollup.name): tenant \(row.text(0)) \(row.text(1)) \(row.text(2)) \(row.text(3)): "
        + "\(source) make \(row.text(4)), the rollup says \(row.text(5))"
    }
    report.add(problems)
  }

  private static let measures = [
    "cost", "records", "failed_records", "unpriced_records", "input_tokens", "output_tokens",
    "cache_read_input_tokens", "cache_creation_input_tokens", "reasoning_output_tokens",
  ]

  private func differencesSQL(
    _ rollup: RollupTable, computed: String, kept: String
  ) -> String {
    let keys = [
      "tenant_id", rollup.period, "project_id", "provider", "model", "service_tier", "currency",
    ]
    let sameKeys = keys.map { "r.\($0) = c.\($0)" }.joined(separator: " AND ")
    let fromRows = Self.measures.map { "r.\($0)" }.joined(separator: ", ")
    let fromRollup = Self.measures.map { "c.\($0)" }.joined(separator: ", ")
    let shown = { (alias: String) in
      "coalesce(nullif(concat_ws(' ', trim_scale(\(alias).cost), \(alias).currency, "
        + "\(alias).records || ' records', \(alias).input_tokens || ' in', "
        + "\(alias).output_tokens || ' out'), ''), 'nothing')"
    }
    return """
      SELECT coalesce(r.tenant_id, c.tenant_id), coalesce(r.\(rollup.period), c.\(rollup.period)),
        coalesce(r.provider, c.provider), coalesce(r.model, c.model),
        \(shown("r")), \(shown("c"))
      FROM (\(computed)) AS r FULL JOIN (\(kept)) AS c ON \(sameKeys)
      WHERE (\(fromRows)) IS DISTINCT FROM (\(fromRollup))
      ORDER BY 1, 2, 3, 4
      """
  }

  private func recomputedSQL(_ rollup: RollupTable, without left: RetiredDays) -> String {
    """
    SELECT tenant_id, \(rollup.periodOfRow) AS \(rollup.period),
      coalesce(project_id, '') AS project_id, provider,
      coalesce(response_model, request_model) AS model, service_tier,
      CASE WHEN cost IS NULL THEN '\(Self.noCurrency)' ELSE currency END::char(3) AS currency,
      coalesce(sum(cost), 0) AS cost, count(*) AS records,
      count(*) FILTER (WHERE status = 'failure') AS failed_records,
      count(*) FILTER (WHERE cost IS NULL) AS unpriced_records,
      coalesce(sum(input_tokens), 0) AS input_tokens,
      coalesce(sum(output_tokens), 0) AS output_tokens,
      coalesce(sum(cache_read_input_tokens), 0) AS cache_read_input_tokens,
      coalesce(sum(cache_creation_input_tokens), 0) AS cache_creation_input_tokens,
      coalesce(sum(reasoning_output_tokens), 0) AS reasoning_output_tokens
    FROM \(table("invocations")) WHERE NOT \(left.condition(time: "occurred_at"))
    GROUP BY 1, 2, 3, 4, 5, 6, 7
    """
  }

  private var sumsSQL: String {
    """
    SELECT currency, trim_scale(sum(rows)), trim_scale(sum(retired)), trim_scale(sum(daily)),
      trim_scale(sum(monthly)),
      sum(rows) + sum(retired) = sum(daily) AND sum(daily) = sum(monthly)
    FROM (
      SELECT currency, cost AS rows, 0 AS retired, 0 AS daily, 0 AS monthly
      FROM \(table("invocations")) WHERE cost IS NOT NULL
      UNION ALL SELECT t.key, 0, t.value::numeric, 0, 0
      FROM \(receiptsSQL) AS c, jsonb_each_text(c.totals->'costs') AS t
      WHERE c.table_name = 'invocations'
      UNION ALL SELECT currency, 0, 0, cost, 0 FROM \(table("costs_daily"))
      UNION ALL SELECT currency, 0, 0, 0, cost FROM \(table("costs_monthly"))
    ) AS amounts WHERE currency <> '\(Self.noCurrency)' GROUP BY currency ORDER BY currency
    """
  }
}
