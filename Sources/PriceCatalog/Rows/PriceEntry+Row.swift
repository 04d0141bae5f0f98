// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
import Postgres
package import Pricing

extension PriceEntry {
  /// What ``init(_:_:from:)`` reads, in its order.
  static let columns = """
    price_id, provider, model, service_tier, min_input_tokens, currency,
    \(instant("effective_from")), \(instant("effective_to")), version, origin_version, region,
    \(PriceRates.selected.joined(separator: ", "))
    """
  static let columnCount = 11 + PriceRates.selected.count

  /// Microseconds since 1970; PostgreSQL's infinite instants as the ends of `bigint`.
  private static func instant(_ column: String) -> String {
    """
    CASE \(column) WHEN '-infinity' THEN \(Int64.min) WHEN 'infinity' THEN \(Int64.max)
      ELSE (extract(epoch FROM \(column)) * 1000000)::bigint END
    """
  }

  /// Nil unless columns from `first` on are those of ``columns``.
  init?(_ result: borrowing QueryResult, _ row: Int, from first: Int = 0) {
    guard let priceID = result.int64(row, first), let provider = result.text(row, first + 1),
      let model = result.text(row, first + 2), let tier = result.text(row, first + 3),
      let minInputTokens = result.int64(row, first + 4),
      let currency = result.text(row, first + 5).flatMap({ CurrencyCode($0.utf8) }),
      let effectiveFrom = result.int64(row, first + 6), let version = result.int64(row, first + 8),
      let region = result.text(row, first + 10),
      let rates = PriceRates(result, row, from: first + 11)
    else { return nil }
    self.init(
      priceID: priceID, provider: provider, model: model, region: region, serviceTier: tier,
      minInputTokens: minInputTokens, currency: currency, rates: rates,
      effectiveFrom: Self.timestamp(effectiveFrom),
      effectiveTo: result.int64(row, first + 7).map(Self.timestamp), version: version,
      originVersion: result.int64(row, first + 9))
  }

  /// The instant as the server reads it, also one of the two that have no date.
  package static func instantText(_ time: Timestamp) -> String {
    switch time.microseconds {
    case .min: "-infinity"
    case .max: "infinity"
    default: time.description
    }
  }

  private static func timestamp(_ unixMicroseconds: Int64) -> Timestamp {
    unixMicroseconds == .min || unixMicroseconds == .max
      ? Timestamp(microseconds: unixMicroseconds) : Timestamp(unixMicroseconds: unixMicroseconds)
  }
}
