// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// What one row of `model_prices` takes for each kind of token; nil: not known, see the fallbacks.
package struct PriceRates: Sendable, Hashable, BitwiseCopyable {
  /// Input that no other rate prices.
  package var input: UnitPrice?
  /// Output that no other rate prices.
  package var output: UnitPrice?
  /// Falls back to `input`.
  package var cacheReadInput: UnitPrice?
  /// Five-minute cache; falls back to `input`.
  package var cacheCreationInput: UnitPrice?
  /// One-hour cache; falls back to the five-minute cache.
  package var cacheCreation1hInput: UnitPrice?
  /// Falls back to `output`.
  package var reasoningOutput: UnitPrice?
  /// Falls back to `input`.
  package var audioInput: UnitPrice?
  /// Falls back to `output`.
  package var audioOutput: UnitPrice?

  package init(
    input: UnitPrice? = nil, output: UnitPrice? = nil, cacheReadInput: UnitPrice? = nil,
    cacheCreationInput: UnitPrice? = nil, cacheCreation1hInput: UnitPrice? = nil,
    reasoningOutput: UnitPrice? = nil, audioInput: UnitPrice? = nil, audioOutput: UnitPrice? = nil
  ) {
    self.input = input
    self.output = output
    self.cacheReadInput = cacheReadInput
    self.cacheCreationInput = cacheCreationInput
    self.cacheCreation1hInput = cacheCreation1hInput
    self.reasoningOutput = reasoningOutput
    self.audioInput = audioInput
    self.audioOutput = audioOutput
  }

  /// Whether something has a price that others fall back to, or that stands alone.
  package var hasBaseRate: Bool {
    input != nil || output != nil || audioInput != nil || audioOutput != nil
  }

  /// With every fallback filled in; prices each call as these rates do.
  package var resolved: PriceRates {
    var rates = self
    rates.cacheReadInput = cacheReadInput ?? input
    rates.cacheCreationInput = cacheCreationInput ?? input
    rates.cacheCreation1hInput = cacheCreation1hInput ?? rates.cacheCreationInput
    rates.reasoningOutput = reasoningOutput ?? output
    rates.audioInput = audioInput ?? input
    rates.audioOutput = audioOutput ?? output
    return rates
  }

  /// Nil where ``charge(for:)`` fails.
  package func cost(of usage: TokenUsage) -> Amount? {
    try? charge(for: usage).get()
  }

  /// Σ tokens · rate, exact, rounded once to 12 decimals, half away from zero; fails with
  /// ``Unpriced/noRate`` or ``Unpriced/outOfRange``.
  package func charge(for usage: TokenUsage) -> Result<Amount, Unpriced> {
    resolved.chargeResolved(usage)
  }

  /// As ``charge(for:)``, of rates whose fallbacks are filled in.
  func chargeResolved(_ usage: TokenUsage) -> Result<Amount, Unpriced> {
    let tokens = BilledTokens(usage)
    var sum = PriceSum()
    sum.add(tokens.input, input)
    sum.add(tokens.output, output)
    sum.add(tokens.cacheRead, cacheReadInput)
    sum.add(tokens.cacheCreation5m, cacheCreationInput)
    sum.add(tokens.cacheCreation1h, cacheCreation1hInput)
    sum.add(tokens.reasoning, reasoningOutput)
    sum.add(tokens.audioInput, audioInput)
    sum.add(tokens.audioOutput, audioOutput)
    return sum.amount
  }
}
