// SPDX-License-Identifier: Apache-2.0

/// A model of a provider, by its names in the catalogue.
package struct PriceModel: Hashable, Sendable {
  package let provider, model: String

  package init(provider: String, model: String) {
    self.provider = provider
    self.model = model
  }
}

/// What a price is for; at any time one price is in force for it.
package struct PriceKey: Hashable, Sendable, Comparable {
  package let provider, model, serviceTier: String
  package let minInputTokens: Int64

  package init(
    _ model: PriceModel, serviceTier: String = PriceBook.standardTier, minInputTokens: Int64 = 0
  ) {
    provider = model.provider
    self.model = model.model
    self.serviceTier = serviceTier
    self.minInputTokens = minInputTokens
  }

  package var priceModel: PriceModel { PriceModel(provider: provider, model: model) }

  package static func < (left: PriceKey, right: PriceKey) -> Bool {
    if left.provider != right.provider { return left.provider < right.provider }
    if left.model != right.model { return left.model < right.model }
    if left.serviceTier != right.serviceTier { return left.serviceTier < right.serviceTier }
    return left.minInputTokens < right.minInputTokens
  }
}

extension PriceEntry {
  package var key: PriceKey {
    PriceKey(
      PriceModel(provider: provider, model: model), serviceTier: serviceTier,
      minInputTokens: minInputTokens)
  }
}
