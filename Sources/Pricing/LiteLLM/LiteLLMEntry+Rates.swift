// SPDX-License-Identifier: Apache-2.0

/// What LiteLLM takes for a call, rate by rate: its `generic_cost_per_token` and
/// `batch_cost_calculator` (litellm/litellm_core_utils/llm_cost_calc/utils.py and
/// litellm/cost_calculator.py), whose fallbacks between tiers and thresholds are not ours.
extension LiteLLMEntry {
  /// LiteLLM's `FIREWORKS_AI_DEFAULT_CACHE_READ_RATE_RATIO` is one half.
  private static let halfPriceCacheProvider = "fireworks_ai"
  /// LiteLLM's `_INCLUSIVE_THRESHOLD_PROVIDERS`.
  private static let inclusiveProvider = "xai"

  /// Tiers with a price of their own; a ladder has one for every tier.
  var tiers: [LiteLLMTier] {
    LiteLLMTier.allCases.filter { tier in
      tier == .standard
        || (tier == .batch || steps.isEmpty)
          && rates.keys.contains { $0.tier == tier && $0.rate != .audioOutput }
    }
  }

  /// Input tokens above which another row may price a call: 0 and every threshold, in order.
  func breakpoints(_ tier: LiteLLMTier) -> [Int64] {
    var found: Set<Int64> = [0]
    for case (let field, let threshold?) in rates.keys.map({ ($0, $0.threshold) })
    where field.tier == tier || tier != .batch && field.tier == .standard {
      found.insert(lowestAbove(threshold))
    }
    if tier != .batch {
      for step in steps { found.formUnion([step.start, step.end]) }
    }
    return found.filter { $0 >= 0 }.sorted()
  }

  /// The rates for calls with `inputTokens` (1 or more).
  func rates(_ tier: LiteLLMTier, inputTokens: Int64) -> PriceRates {
    var rates = listedRates(tier, inputTokens: inputTokens)
    if isOutputUntold {
      rates.output = nil
      rates.derived.remove(.output)
    }
    return rates
  }

  private func listedRates(_ tier: LiteLLMTier, inputTokens: Int64) -> PriceRates {
    if tier == .batch { return batchRates(inputTokens) }
    if let step = step(inputTokens) { return ladderRates(step) }
    var found = PriceRates(
      input: rate(.input, nil, tier), output: rate(.output, nil, tier),
      cacheReadInput: rate(.cacheRead, nil, tier) ?? defaultCacheRead,
      cacheCreationInput: rate(.cacheCreation, nil, tier),
      reasoningOutput: reasoning(tier), audioInput: rate(.audioInput, nil, tier),
      audioOutput: rate(.audioOutput, nil, .standard),
      cacheReadAudioInput: rate(.cacheReadAudio, nil, tier),
      cacheCreationAudioInput: rate(.cacheCreationAudio, nil, tier))
    var cacheCreation1h = LiteLLMField(.cacheCreation1h, nil, tier)
    for threshold in thresholds(tier) where isAbove(inputTokens, threshold) {
      found.input = rate(.input, threshold, tier) ?? found.input
      found.output = rate(.output, threshold, tier) ?? found.output
      found.cacheReadInput = rate(.cacheRead, threshold, tier) ?? found.cacheReadInput
      found.cacheCreationInput = rate(.cacheCreation, threshold, tier) ?? found.cacheCreationInput
      let above = LiteLLMField(.cacheCreation1h, threshold, tier)
      if rates[above] != nil { cacheCreation1h = above }
    }
    found.cacheCreation1hInput = rate(cacheCreation1h.rate, cacheCreation1h.threshold, tier)
    return found
  }

  /// The tier's own price, else that of the standard tier.
  private func rate(
    _ rate: LiteLLMField.Rate, _ threshold: Int64?, _ tier: LiteLLMTier
  ) -> UnitPrice? {
    rates[LiteLLMField(rate, threshold, tier)]
      ?? rates[LiteLLMField(rate, threshold)]
  }

  /// A tier with an output price of its own does not take the standard tier's for reasoning.
  private func reasoning(_ tier: LiteLLMTier) -> UnitPrice? {
    if let own = rates[LiteLLMField(.reasoning, nil, tier)] { return own }
    if tier != .standard, rates[LiteLLMField(.output, nil, tier)] != nil { return nil }
    return rates[LiteLLMField(.reasoning)]
  }

  private var defaultCacheRead: UnitPrice? {
    provider == Self.halfPriceCacheProvider ? rates[LiteLLMField(.input)]?.half : nil
  }

  private func thresholds(_ tier: LiteLLMTier) -> [Int64] {
    Set(rates.keys.filter { $0.tier == .standard || $0.tier == tier }.compactMap(\.threshold))
      .sorted()
  }

  private func isAbove(_ inputTokens: Int64, _ threshold: Int64) -> Bool {
    inputTokens > lowestAbove(threshold)
  }

  /// The threshold as "more than", which xAI means as "at least".
  private func lowestAbove(_ threshold: Int64) -> Int64 {
    provider == Self.inclusiveProvider ? max(0, threshold - 1) : threshold
  }

  // MARK: Ladders

  private func step(_ inputTokens: Int64) -> Step? {
    let step = steps.first { $0.start < inputTokens && inputTokens <= $0.end } ?? steps.last
    return step?.rates[.input] == nil ? nil : step
  }

  /// Whatever a step does not say has its input price, but for output, which has the model's.
  private func ladderRates(_ step: Step) -> PriceRates {
    PriceRates(
      input: step.rates[.input], output: step.rates[.output] ?? rates[LiteLLMField(.output)],
      cacheReadInput: step.rates[.cacheRead], cacheCreationInput: step.rates[.cacheCreation],
      cacheCreation1hInput: step.rates[.cacheCreation1h],
      reasoningOutput: step.rates[.reasoning]
        ?? (step.rates[.output] == nil ? reasoning(.standard) : nil),
      audioInput: rates[LiteLLMField(.audioInput)], audioOutput: rates[LiteLLMField(.audioOutput)],
      cacheReadAudioInput: rates[LiteLLMField(.cacheReadAudio)],
      cacheCreationAudioInput: rates[LiteLLMField(.cacheCreationAudio)])
  }

  // MARK: Batches

  /// What the list says of batches; the rest is derived.
  private func batchRates(_ inputTokens: Int64) -> PriceRates {
    func said(_ rate: LiteLLMField.Rate) -> UnitPrice? { batchRate(rate, inputTokens) }
    var found = PriceRates(
      input: said(.input), output: said(.output), cacheReadInput: said(.cacheRead),
      cacheCreationInput: said(.cacheCreation), cacheCreation1hInput: said(.cacheCreation1h),
      reasoningOutput: said(.reasoning), audioInput: said(.audioInput),
      cacheReadAudioInput: said(.cacheReadAudio), cacheCreationAudioInput: said(.cacheCreationAudio)
    )
    let crossed = crossedBatchThreshold(.input, inputTokens)
    found.deriveBatch(
      from: listedRates(.standard, inputTokens: (crossed.map(lowestAbove) ?? 0) + 1))
    return found
  }

  /// Each rate has its own thresholds.
  private func batchRate(_ rate: LiteLLMField.Rate, _ inputTokens: Int64) -> UnitPrice? {
    crossedBatchThreshold(rate, inputTokens).flatMap { rates[LiteLLMField(rate, $0, .batch)] }
      ?? rates[LiteLLMField(rate, nil, .batch)]
  }

  private func crossedBatchThreshold(_ rate: LiteLLMField.Rate, _ inputTokens: Int64) -> Int64? {
    rates.keys.filter { $0.rate == rate && $0.tier == .batch }
      .compactMap(\.threshold).filter { isAbove(inputTokens, $0) }.max()
  }
}
