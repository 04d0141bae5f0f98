// SPDX-License-Identifier: Apache-2.0

/// Service tiers that the price list knows, by the end of a field's name.
enum LiteLLMTier: String, CaseIterable {
  case standard, batch, flex, priority, balanced, ultrafast

  /// Empty for the standard tier.
  var suffix: String {
    switch self {
    case .standard: ""
    case .batch: "batches"
    case .flex, .priority, .balanced, .ultrafast: rawValue
    }
  }

  /// The tier of a field that is `base`, or `base` with a tier behind it; nil for every other.
  init?(of name: String, _ base: String) {
    guard
      let tier = Self.allCases.first(where: {
        name == ($0 == .standard ? base : "\(base)_\($0.suffix)")
      })
    else { return nil }
    self = tier
  }
}
