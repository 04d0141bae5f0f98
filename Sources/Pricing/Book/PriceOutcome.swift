// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// What the catalogue says about one call.
package enum PriceOutcome: BitwiseCopyable, Hashable, Sendable {
  case priced(PricedCost)
  case unpriced(Unpriced)
}

/// A cost, and the catalogue entry that it was computed with.
package struct PricedCost: BitwiseCopyable, Hashable, Sendable {
  /// Rounded once to 12 decimals, half away from zero, as PostgreSQL's `round(numeric)` does.
  package let cost: Amount
  /// `model_prices.price_id`: the `price_version` of the record.
  package let priceID: Int64
  package let currency: CurrencyCode

  package init(cost: Amount, priceID: Int64, currency: CurrencyCode) {
    self.cost = cost
    self.priceID = priceID
    self.currency = currency
  }
}

/// Why a call has no price; the raw value is the label of the metric.
package enum Unpriced: String, Error, BitwiseCopyable, Hashable, Sendable, CaseIterable {
  /// The catalogue does not know the model.
  case unknownModel = "unknown_model"
  /// It knows the model, but no price that was in force then.
  case noPriceInForce = "no_price_in_force"
  /// The price has no rate for tokens that the call used.
  case noRate = "no_rate"
  /// The cost does not fit `numeric(24,12)`.
  case outOfRange = "out_of_range"
}
