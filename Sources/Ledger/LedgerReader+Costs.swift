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
    let sql = """
      SELECT \(list), trim_scale(sum(cost)), sum(records), sum(failed_records),
        sum(unpriced_records), sum(input_tokens), sum(output_tokens),
        sum(cache_read_input_tokens), sum(cache_creation_input_tokens),
        sum(reasoning_output_tokens)
      FROM (\(lines(query))) AS lines GROUP BY \(list)
      -- Where all records without a cost were priced later, none are left to tell of.
      HAVING (sum(cost), sum(records), sum(input_tokens), sum(output_tokens)) <> (0, 0, 0, 0)
      ORDER BY \(list)
      """
    return try rows(sql, parameters, deadline: Self.scanDeadline).map {
      Self.costRow($0, dimensionCount: query.dimensions.count)
    }
  }

  /// Corrections of the period that the rollups do not have: how many lines.
  package mutating func correctionCount(_ query: CostQuery) throws(PostgresError) -> Int64 {
    let parameters: [String?] = Self.bounds(of: query) + (query.tenant.map { [$0] } ?? [])
    let tenant = query.tenant == nil ? "" : " AND tenant_id = $3"
    return try rows(
      """
      SELECT count(*) FROM \(table("cost_adjustments")) WHERE billing_month <> charge_month
        AND (charge_day >= $1::date AND charge_day < $2::date
          OR billing_month >= $1::date AND billing_month < $2::date)\(tenant)
      """, parameters, deadline: Self.scanDeadline
    ).first?.integer(0) ?? 0
  }

  private static let measures = """
    cost, records, failed_records, unpriced_records, input_tokens, output_tokens,
    cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens
    """

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
      FROM \(table(source)) WHERE \(day) >= $1::date AND \(day) < $2::date\(tenant)
      """
    guard let basis = query.basis else { return rollups }
    let column = basis == .billing ? "billing_month" : "charge_day"
    return rollups + """
       UNION ALL
      SELECT \(names), charge_day, 'Correction', \(Self.measures)
      FROM \(table("cost_adjustments")) WHERE billing_month <> charge_month
        AND \(column) >= $1::date AND \(column) < $2::date\(tenant)
      """
  }

  private static func costRow(_ row: ResultRow, dimensionCount: Int) -> CostRow {
    let next = 1 + dimensionCount
    let hasCost = row.text(next) != noCurrency
    return CostRow(
      tenant: row.text(0), dimensions: (1..<next).map(row.text),
      currency: hasCost ? row.text(next) : nil, cost: hasCost ? row.text(next + 1) : nil,
      records: row.integer(next + 2), failedRecords: row.integer(next + 3),
      unpricedRecords: row.integer(next + 4), inputTokens: row.integer(next + 5),
      outputTokens: row.integer(next + 6), cacheReadInputTokens: row.integer(next + 7),
      cacheCreationInputTokens: row.integer(next + 8),
      reasoningOutputTokens: row.integer(next + 9))
  }
}
