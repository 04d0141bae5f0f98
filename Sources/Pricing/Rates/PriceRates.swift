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
  /// Audio; falls back to `cacheReadInput`, then to `audioInput`.
  package var cacheReadAudioInput: UnitPrice?
  /// Audio, whatever the cache lives; falls back to the cache's own rates, then to `audioInput`.
  package var cacheCreationAudioInput: UnitPrice?
  /// Those that no price list says: they were scaled as it scales others.
  package var derived: RateSet = []

  package init(
    input: UnitPrice? = nil, output: UnitPrice? = nil, cacheReadInput: UnitPrice? = nil,
    cacheCreationInput: UnitPrice? = nil, cacheCreation1hInput: UnitPrice? = nil,
    reasoningOutput: UnitPrice? = nil, audioInput: UnitPrice? = nil, audioOutput: UnitPrice? = nil,
    cacheReadAudioInput: UnitPrice? = nil, cacheCreationAudioInput: UnitPrice? = nil
  ) {
    self.input = input
    self.output = output
    self.cacheReadInput = cacheReadInput
    self.cacheCreationInput = cacheCreationInput
    self.cacheCreation1hInput = cacheCreation1hInput
    self.reasoningOutput = reasoningOutput
    self.audioInput = audioInput
    self.audioOutput = audioOutput
    self.cacheReadAudioInput = cacheReadAudioInput
    self.cacheCreationAudioInput = cacheCreationAudioInput
  }

  /// Whether something has a price that others fall back to, or that stands alone.
  package var hasBaseRate: Bool {
    input != nil || output != nil || audioInput != nil || audioOutput != nil
  }

  /// With the fallbacks of text filled in.
  package var resolved: PriceRates {
    var rates = self
    rates.cacheReadInput = cacheReadInput ?? input
    rates.cacheCreationInput = cacheCreationInput ?? input
    rates.cacheCreation1hInput = cacheCreation1hInput ?? rates.cacheCreationInput
    rates.reasoningOutput = reasoningOutput ?? output
    return rates
  }

  /// Σ tokens · rate, exact, rounded once to 12 decimals, half away from zero; fails with
  /// ``Unpriced/noRate`` or ``Unpriced/outOfRange``.
  package func charge(for usage: TokenUsage) -> Result<Amount, Unpriced> {
    PartRates(self).charge(for: usage)
  }
}
