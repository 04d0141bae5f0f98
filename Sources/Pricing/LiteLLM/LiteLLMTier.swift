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
}
