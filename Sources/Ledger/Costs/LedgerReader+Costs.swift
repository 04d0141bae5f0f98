// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Postgres
import Records

extension LedgerReader {
  /// What stands in the currency column when there is no cost (ISO 4217: no currency).
  static let noCurrency = "\(Rollup.noCurrency)"

  /// Costs from the rollups, in order of tenant, dimensions and currency.
  package mutating func costs(_ query: CostQuery) throws(PostgresError) -> [CostRow] {
    let keys = ["tenant_id"] + query.dimensions.map(\.column) + ["currency"]
    let bounds = Self.bounds(of: query)
    let parameters: [String?] = bounds + (query.tenant.map { [$0] } ?? [])
    let list = keys.joined(separator: ", ")
    let shown = keys.map { $0 == CostDimension.day.column ? Self.isoDay($0) : $0 }
    // Corrections stand in the bill and nowhere else, unless a basis asks for them.
    func sum(_ column: String) -> String {
      query.hasBill ? "sum(\(column)) FILTER (WHERE charge_class = '')" : "sum(\(column))"
    }
    let measures = Self.counts.map { "coalesce(\(sum($0)), 0)" }
    let sql = """
      SELECT \(shown.joined(separator: ", ")), trim_scale(coalesce(\(sum("cost")), 0)),
        trim_scale(sum(cost)),
        \(measures.joined(separator: ", ")), trim_scale(coalesce(\(sum("estimated_cost")), 0))
      FROM (\(lines(query))) AS lines GROUP BY \(list)
      -- Where all records without a cost were priced later, none are left to tell of.
      HAVING (sum(cost), \(measures[0]), coalesce(\(sum("input_tokens")), 0),
        coalesce(\(sum("output_tokens")), 0), coalesce(\(sum("cost")), 0)) <> (0, 0, 0, 0, 0)
      ORDER BY \(list)
      """
    return try rows(sql, parameters, deadline: scanDeadline).map {
      Self.costRow($0, dimensionCount: query.dimensions.count, hasBill: query.hasBill)
    }
  }

  /// Corrections of the period that the answer does not have: how many lines. Of a month those that
  /// are billed later, of days all.
  package mutating func correctionCount(_ query: CostQuery) throws(PostgresError) -> Int64 {
    let parameters: [String?] = Self.bounds(of: query) + (query.tenant.map { [$0] } ?? [])
    let tenant = query.tenant == nil ? "" : " AND tenant_id = $3"
    let billed = query.hasBill ? "" : " OR billing_month >= $1::date AND billing_month < $2::date"
    return try rows(
      """
      SELECT count(*) FROM \(qualified("cost_adjustments")) WHERE billing_month <> charge_month
        AND (charge_day >= $1::date AND charge_day < $2::date\(billed))\(tenant)
      """, parameters, deadline: scanDeadline
    ).first?.integer(0) ?? 0
  }

  private static let counts = Rollup.countColumns
  private static let measures = (Rollup.amountColumns + counts).joined(separator: ", ")

  /// First day and the first one behind, of the rollups.
  private static func bounds(of query: CostQuery) -> [String] {
    switch query.period {
    case .month(let month): ["\(month)-01", "\(month.next)-01"]
    case .days(let first, let end): ["\(first)", "\(end)"]
    }
  }

  /// A whole month without days comes from the monthly table, everything else from the daily one.
  private func lines(_ query: CostQuery) -> String {
    let tenant = query.tenant == nil ? "" : " AND tenant_id = $3"
    var isMonthly = !query.dimensions.contains(.day)
    if case .days = query.period { isMonthly = false }
    let (source, day) = isMonthly ? ("costs_monthly", "month") : ("costs_daily", "day")
    let names = "tenant_id, project_id, provider, model, currency, time_zone"
    let rollups = """
      SELECT \(names), \(day) AS day, '' AS charge_class, \(Self.measures)
      FROM \(qualified(source)) WHERE \(day) >= $1::date AND \(day) < $2::date\(tenant)
      """
    guard query.basis != nil || query.hasBill else { return rollups }
    let column = query.basis != .charge ? "billing_month" : "charge_day"
    return rollups + """
       UNION ALL
      SELECT \(names), charge_day, 'Correction', \(Self.measures)
      FROM \(qualified("cost_adjustments")) WHERE billing_month <> charge_month
        AND \(column) >= $1::date AND \(column) < $2::date\(tenant)
      """
  }

  private static func costRow(
    _ row: ResultRow, dimensionCount: Int, hasBill: Bool
  ) -> CostRow {
    let next = 1 + dimensionCount
    let hasCost = row.text(next) != noCurrency
    return CostRow(
      tenant: row.text(0), dimensions: (1..<next).map(row.text),
      currency: hasCost ? row.text(next) : nil, cost: hasCost ? row.text(next + 1) : nil,
      billed: hasCost && hasBill ? row.text(next + 2) : nil,
      records: row.integer(next + 3), failedRecords: row.integer(next + 4),
      unpricedRecords: row.integer(next + 5), inputTokens: row.integer(next + 6),
      outputTokens: row.integer(next + 7), cacheReadInputTokens: row.integer(next + 8),
      cacheCreationInputTokens: row.integer(next + 9),
      reasoningOutputTokens: row.integer(next + 10), estimatedRecords: row.integer(next + 11),
      estimatedCost: hasCost ? row.text(next + 12) : nil)
  }
}
