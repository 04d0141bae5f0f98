// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Postgres
import Records

extension LedgerReader {
  /// What stands in the currency column when there is no cost (ISO 4217: no currency).
  static let noCurrency = "\(Rollup.noCurrency)"

  /// Costs from the rollups, in order of tenant, dimensions and currency.
  package mutating func costs(_ query: CostQuery) throws(PostgresError) -> [CostRow] {
    let (source, condition, bounds) = source(of: query)
    let keys = ["tenant_id"] + query.dimensions.map(\.column) + ["currency"]
    var parameters: [String?] = bounds
    var conditions = condition
    if let tenant = query.tenant {
      parameters.append(tenant)
      conditions += " AND tenant_id = $\(parameters.count)"
    }
    let list = keys.joined(separator: ", ")
    let sql = """
      SELECT \(list), trim_scale(sum(cost)), sum(records), sum(failed_records),
        sum(unpriced_records), sum(input_tokens), sum(output_tokens),
        sum(cache_read_input_tokens), sum(cache_creation_input_tokens),
        sum(reasoning_output_tokens)
      FROM \(table(source)) WHERE \(conditions) GROUP BY \(list) ORDER BY \(list)
      """
    return try rows(sql, parameters, deadline: Self.scanDeadline).map {
      Self.costRow($0, dimensionCount: query.dimensions.count)
    }
  }

  /// A whole month without days comes from the monthly table, everything else from the daily one.
  private func source(
    of query: CostQuery
  ) -> (table: String, condition: String, parameters: [String]) {
    switch query.period {
    case .month(let month) where !query.dimensions.contains(.day):
      ("costs_monthly", "month = $1::date", ["\(month)-01"])
    case .month(let month):
      ("costs_daily", "day >= $1::date AND day < $2::date", ["\(month)-01", "\(month.next)-01"])
    case .days(let first, let end):
      ("costs_daily", "day >= $1::date AND day < $2::date", ["\(first)", "\(end)"])
    }
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
