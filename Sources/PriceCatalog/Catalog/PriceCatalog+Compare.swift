// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Postgres
package import Pricing

extension PriceCatalog {
  /// Rows in memory at a time.
  static let fetchRows = 10_000

  /// Prices every call of the span whose producer sent a cost; memory grows with the number of
  /// models, not of calls. `progress` hears how many calls were read.
  package func compare(
    _ connection: inout Connection, _ book: PriceBook, _ span: CallSpan, tenant: String?,
    progress: (Int64) -> Void
  ) throws(PostgresError) -> [PriceComparison.Line] {
    var comparison = PriceComparison()
    var count: Int64 = 0
    // In one transaction, so that the cursor also lives through a pooler in transaction mode.
    try connection.execute(Begin.snapshot)
    let only = tenant.map { "AND tenant_id = \(SQL.literal($0))" } ?? ""
    try connection.execute(
      """
      DECLARE compared NO SCROLL CURSOR FOR
      SELECT provider, response_model, request_model, service_tier, currency, cost, invocation_id,
        (extract(epoch FROM occurred_at) * 1000000)::bigint,
        region, \(TokenUsage.columns.joined(separator: ", "))
        FROM \(schema).invocations
       WHERE cost_source = 'producer' AND cost IS NOT NULL
         AND \(span.condition(schema: schema)) \(only)
      """)
    while true {
      let rows = try connection.execute(
        "FETCH \(Self.fetchRows) FROM compared", deadline: Self.readDeadline)
      for row in 0..<rows.rowCount { try add(&comparison, book, rows, row) }
      count += Int64(rows.rowCount)
      progress(count)
      if rows.rowCount < Self.fetchRows { break }
    }
    try connection.execute("COMMIT")
    return comparison.lines
  }

  private func add(
    _ comparison: inout PriceComparison, _ book: PriceBook, _ rows: borrowing QueryResult,
    _ row: Int
  ) throws(PostgresError) {
    guard let provider = rows.text(row, 0), let request = rows.text(row, 2),
      let tier = rows.text(row, 3), let currency = rows.text(row, 4),
      let cost = rows.text(row, 5).flatMap({ Amount($0) }), let invocation = rows.text(row, 6),
      let time = rows.int64(row, 7)
    else { throw Self.unreadable("invocations", row) }
    let response = rows.text(row, 1)
    var catalogue: Amount?
    if let usage = TokenUsage(rows, row, from: 9),
      case .priced(let priced) = book.outcome(
        provider: provider, region: rows.text(row, 8), responseModel: response,
        requestModel: request, serviceTier: tier,
        usage: usage, at: Timestamp(unixMicroseconds: time)),
      priced.currency.description == currency
    {
      catalogue = priced.cost
    }
    comparison.add(
      PriceComparison.Key(
        provider: provider, model: response ?? request, serviceTier: tier, currency: currency),
      invocation, producer: cost, catalogue: catalogue)
  }
}
