// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Postgres
package import Pricing

extension PriceCatalog {
  /// Kinds of calls in one answer; those with the most calls.
  package static let missingRowsMax = 10_000
  /// Reading a month of calls takes minutes where they are many.
  static let readDeadline: Duration = .seconds(3600)

  /// Calls of the span that have no cost, after every adjustment, by what a price depends on, and
  /// by whether they say their tokens.
  package func missing(
    _ connection: inout Connection, _ book: PriceBook, _ span: CallSpan, tenant: String?
  ) throws(PostgresError) -> [MissingPrice] {
    let result = try connection.query(
      """
      SELECT provider, response_model, request_model, service_tier, count(*),
        sum(coalesce(input_tokens, 0)) + sum(coalesce(output_tokens, 0)),
        (extract(epoch FROM min(occurred_at)) * 1000000)::bigint,
        (extract(epoch FROM max(occurred_at)) * 1000000)::bigint,
        region, \(TokenUsage.columns.map { "max(\($0))" }.joined(separator: ", "))
        FROM \(schema).invocation_costs
       WHERE recorded_cost_source = 'none' AND cost IS NULL
         AND \(span.condition(schema: schema)) AND ($1::text IS NULL OR tenant_id = $1)
       GROUP BY provider, response_model, request_model, service_tier, region, \(TokenUsage.isGiven)
       ORDER BY count(*) DESC, provider, request_model, response_model, service_tier, region,
         \(TokenUsage.isGiven)
       LIMIT \(Self.missingRowsMax)
      """, [tenant], deadline: Self.readDeadline)
    return try (0..<result.rowCount).map { (row) throws(PostgresError) in
      guard let provider = result.text(row, 0), let request = result.text(row, 2),
        let tier = result.text(row, 3), let calls = result.int64(row, 4),
        let tokens = result.text(row, 5), let first = result.int64(row, 6),
        let last = result.int64(row, 7)
      else { throw Self.unreadable("invocation_costs", row) }
      let usage = TokenUsage(result, row, from: 9)
      let response = result.text(row, 1)
      let region = result.text(row, 8)
      return MissingPrice(
        provider: provider, region: region, responseModel: response, requestModel: request,
        serviceTier: tier,
        calls: calls, tokens: tokens, firstSeen: Timestamp(unixMicroseconds: first),
        lastSeen: Timestamp(unixMicroseconds: last),
        reason: book.reason(
          provider, region, response, request, tier, usage, Timestamp(unixMicroseconds: last)))
    }
  }
}

extension PriceBook {
  fileprivate func reason(
    _ provider: String, _ region: String?, _ response: String?, _ request: String, _ tier: String,
    _ usage: TokenUsage?, _ time: Timestamp
  ) -> MissingPrice.Reason {
    guard let usage else { return .noUsage }
    let outcome = outcome(
      provider: provider, region: region, responseModel: response, requestModel: request,
      serviceTier: tier,
      usage: usage, at: time)
    guard case .unpriced(let reason) = outcome else { return .priced }
    return .unpriced(reason)
  }
}
