// SPDX-License-Identifier: Apache-2.0

/// One model of the price list, as far as it prices tokens.
struct LiteLLMEntry {
  /// One step of `tiered_pricing`: a whole call is priced at the step that its input tokens lie in.
  struct Step: Equatable {
    /// Input tokens: more than `start`, at most `end`.
    let start, end: Int64
    var rates: [LiteLLMField.Rate: UnitPrice] = [:]
  }

  let key: String
  private let names: ProviderNames
  /// `litellm_provider`.
  var provider = ""
  var rates: [LiteLLMField: UnitPrice] = [:]
  /// In the order of `start`; empty without a ladder.
  var steps: [Step] = []
  /// What output tokens of images cost.
  var imageOutput: [LiteLLMTier: UnitPrice] = [:]
  /// What input tokens of images and of video cost.
  var mediaInput: [LiteLLMTier: Set<UnitPrice>] = [:]
  /// How much more calls of a region cost, by its name.
  var multipliers: [String: UnitPrice] = [:]
  /// How much more calls of the tier `fast` cost than those of the standard tier.
  var fast: UnitPrice?
  /// Fields that price something else than tokens, or in a way that is not supported.
  var unsupported: [String] = []
  /// Whether one of those, or of a ladder without token ranges, is above zero, for something else
  /// than a search.
  var isPricedOtherwise = false
  /// Fields that are no price.
  var ignoredCount = 0
  /// Field and reason of each price that cannot be taken.
  var problems: [(field: String, reason: String)] = []

  init(key: String, _ names: ProviderNames) {
    self.key = key
    self.names = names
  }

  /// Whether a token of any kind has a price.
  var pricesTokens: Bool {
    !rates.isEmpty || steps.contains { !$0.rates.isEmpty }
  }

  /// Whether every price of a token is zero, but something else has one: the entry does not say
  /// that calls are free.
  var isPricedOnlyOtherwise: Bool {
    isPricedOtherwise && rates.values.allSatisfy { $0 == .zero }
      && steps.allSatisfy { $0.rates.values.allSatisfy { $0 == .zero } }
  }

  /// Whether output tokens of images cost something else than the others. No record tells them
  /// apart, so the entry says nothing of what output costs.
  var isOutputUntold: Bool {
    imageOutput.contains { tier, price in isApart(price, .output, tier) }
  }

  /// Whether input tokens of images or of video cost something else than the others. No record
  /// tells them apart, and they have the price of text.
  var isInputUntold: Bool {
    mediaInput.contains { tier, prices in prices.contains { isApart($0, .input, tier) } }
  }

  /// Tiers with prices of their own, but none for some kind of token, or above some threshold:
  /// there the standard tier's counts. Reasoning has the price of the tier's output.
  var untoldTiers: [LiteLLMTier] {
    tiers.filter { tier in
      tier != .standard && tier != .batch
        && rates.contains { field, price in
          field.tier == .standard && field.rate != .reasoning && price > .zero
            && rates[LiteLLMField(field.rate, field.threshold, tier)] == nil
        }
    }
  }

  private func isApart(
    _ price: UnitPrice, _ rate: LiteLLMField.Rate, _ tier: LiteLLMTier
  ) -> Bool {
    let known = rates[LiteLLMField(rate, nil, tier)] ?? rates[LiteLLMField(rate)]
    return ([known] + steps.map { $0.rates[rate] }).contains { $0 != nil && $0 != price }
  }

  /// As records name it.
  var name: LiteLLMName { LiteLLMName(key: key, provider: provider, names) }
}
