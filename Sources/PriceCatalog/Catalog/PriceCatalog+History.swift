// SPDX-License-Identifier: Apache-2.0
package import Postgres
import Pricing

extension PriceCatalog {
  /// Every row that the model ever had, also superseded ones, the newest change last; `provider`
  /// nil: of all.
  package func history(
    _ connection: inout Connection, model: String, provider: String?
  ) throws(PostgresError) -> [PriceHistoryRow] {
    let result = try connection.query(
      """
      SELECT \(PriceEntry.columns),
        to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), changed_by, source,
        format, detail->>'reason', superseded_by
        FROM \(schema).model_prices JOIN \(schema).price_versions USING (version)
       WHERE model = $1 AND ($2::text IS NULL OR provider = $2)
       ORDER BY provider, region, service_tier, min_input_tokens, price_id
      """, [model, provider])
    return try (0..<result.rowCount).map { (row) throws(PostgresError) in
      let next = PriceEntry.columnCount
      guard let entry = PriceEntry(result, row), let changedAt = result.text(row, next) else {
        throw Self.unreadable("model_prices", row)
      }
      return PriceHistoryRow(
        entry: entry, changedAt: changedAt, changedBy: result.text(row, next + 1) ?? "",
        source: result.text(row, next + 2) ?? "", format: result.text(row, next + 3) ?? "",
        reason: result.text(row, next + 4), supersededBy: result.int64(row, next + 5))
    }
  }
}
