// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// One row of `model_prices`.
package struct PriceEntry: Sendable, Hashable {
  package var priceID: Int64
  package var provider: String
  package var model: String
  /// As in ``PriceKey/region``.
  package var region: String
  package var serviceTier: String
  /// The row prices calls with more input tokens than this; 0 every call.
  package var minInputTokens: Int64
  package var currency: CurrencyCode
  package var rates: PriceRates
  package var effectiveFrom: Timestamp
  /// First instant at which it is no longer in force; nil: no end is known.
  package var effectiveTo: Timestamp?
  /// Change of the catalogue that entered the row.
  package var version: Int64
  /// Change that said this price first, where the row is what a later one left of it; else
  /// `version`.
  package var originVersion: Int64

  package init(
    priceID: Int64, provider: String, model: String, region: String = "",
    serviceTier: String = PriceBook.standardTier, minInputTokens: Int64 = 0, currency: CurrencyCode,
    rates: PriceRates, effectiveFrom: Timestamp, effectiveTo: Timestamp? = nil, version: Int64,
    originVersion: Int64? = nil
  ) {
    self.priceID = priceID
    self.provider = provider
    self.model = model
    self.region = region
    self.serviceTier = serviceTier
    self.minInputTokens = minInputTokens
    self.currency = currency
    self.rates = rates
    self.effectiveFrom = effectiveFrom
    self.effectiveTo = effectiveTo
    self.version = version
    self.originVersion = originVersion ?? version
  }

  package func isInForce(at time: Timestamp) -> Bool {
    effectiveFrom <= time && effectiveTo.map { time < $0 } ?? true
  }
}
