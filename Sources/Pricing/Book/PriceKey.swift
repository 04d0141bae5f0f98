// SPDX-License-Identifier: Apache-2.0

/// A model of a provider, by its names in the catalogue. Names are equal when their bytes are.
package struct PriceModel: Hashable, Sendable {
  package let provider, model: String

  package init(provider: String, model: String) {
    self.provider = provider
    self.model = model
  }

  package static func == (left: PriceModel, right: PriceModel) -> Bool {
    left.provider.hasSameBytes(as: right.provider) && left.model.hasSameBytes(as: right.model)
  }

  package func hash(into hasher: inout Hasher) {
    provider.hashBytes(into: &hasher)
    model.hashBytes(into: &hasher)
  }
}

/// What a price is for; at any time one price is in force for it.
package struct PriceKey: Hashable, Sendable, Comparable {
  package let provider, model: String
  /// Empty: the price of every region without one of its own; ``PriceRegion/named``: of every
  /// region that is named.
  package let region: String
  package let serviceTier: String
  package let minInputTokens: Int64

  package init(
    _ model: PriceModel, region: String = "", serviceTier: String = PriceBook.standardTier,
    minInputTokens: Int64 = 0
  ) {
    provider = model.provider
    self.model = model.model
    self.region = region
    self.serviceTier = serviceTier
    self.minInputTokens = minInputTokens
  }

  /// Of the standard tier without a threshold: stands for all prices of the model in the region.
  package var ofAnyUse: PriceKey { PriceKey(priceModel, region: region) }

  package var priceModel: PriceModel { PriceModel(provider: provider, model: model) }

  package static func == (left: PriceKey, right: PriceKey) -> Bool {
    left.minInputTokens == right.minInputTokens && left.priceModel == right.priceModel
      && left.region.hasSameBytes(as: right.region)
      && left.serviceTier.hasSameBytes(as: right.serviceTier)
  }

  package func hash(into hasher: inout Hasher) {
    priceModel.hash(into: &hasher)
    region.hashBytes(into: &hasher)
    serviceTier.hashBytes(into: &hasher)
    hasher.combine(minInputTokens)
  }

  package static func < (left: PriceKey, right: PriceKey) -> Bool {
    for name in [\PriceKey.provider, \.model, \.region, \.serviceTier] {
      let (first, second) = (left[keyPath: name], right[keyPath: name])
      if !first.hasSameBytes(as: second) { return first.bytesPrecede(second) }
    }
    return left.minInputTokens < right.minInputTokens
  }
}

extension PriceEntry {
  package var key: PriceKey {
    PriceKey(
      PriceModel(provider: provider, model: model), region: region, serviceTier: serviceTier,
      minInputTokens: minInputTokens)
  }
}
