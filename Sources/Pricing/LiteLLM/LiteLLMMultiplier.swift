// SPDX-License-Identifier: Apache-2.0
import JSON

/// Fields that say how much more a region, or a call in fast mode, costs: as much more for every
/// token.
enum LiteLLMMultiplier {
  private static let endpoint = "regional_endpoint_uplift_multiplier"
  private static let residency = "regional_processing_uplift_multiplier_"

  /// Region of a field with one number; nil for every other field.
  static func region(_ name: String) -> String? {
    if name == endpoint { return PriceRegion.named }
    return name.hasPrefix(residency) ? String(name.dropFirst(residency.count)) : nil
  }

  /// `us` of Anthropic's `"provider_specific_entry": {"us": 1.1, "fast": 2}`.
  static func isGeography(_ name: String) -> Bool {
    name.utf8.count == 2 && name.utf8.allSatisfy { $0 &- 0x61 < 26 }
  }
}

extension PriceRates {
  /// As much as `multiplier` makes of each; nil when one is beyond the largest price.
  func times(_ multiplier: UnitPrice) -> PriceRates? {
    guard let one = UnitPrice("1") else { return nil }
    var rates = self
    for rate in Self.all {
      guard let price = rates[keyPath: rate] else { continue }
      guard let scaled = price.scaled(multiplier, of: one) else { return nil }
      rates[keyPath: rate] = scaled
    }
    return rates
  }

  private static var all: [WritableKeyPath<PriceRates, UnitPrice?>] {
    [
      \.input, \.output, \.cacheReadInput, \.cacheCreationInput, \.cacheCreation1hInput,
      \.reasoningOutput, \.audioInput, \.audioOutput, \.cacheReadAudioInput,
      \.cacheCreationAudioInput,
    ]
  }
}
