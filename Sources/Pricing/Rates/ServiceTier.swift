// SPDX-License-Identifier: Apache-2.0

/// Names of service tiers: the catalogue keeps `standard`, `batch`, `flex`, `priority`, `fast`, and
/// any other in lower case.
package enum ServiceTier {
  /// OpenAI means the same by both, Anthropic sells them apart: where a model has no price for
  /// `fast`, such calls have that of `priority`.
  package static let priority = "priority"
  package static let fast = "fast"
  /// Longest name that a record may have, in bytes.
  package static let bytesMax = 256

  package static func canonical(_ name: String) -> String {
    let lower = name.asciiLowercased
    return otherSpellings[lower] ?? lower
  }

  /// Other spellings of `canonical`, without its own.
  static func spellings(of canonical: String) -> [String] {
    otherSpellings.filter { $0.value == canonical }.map(\.key)
  }

  /// In lower case; `daybook_price_fault` has them too. Those with `on_demand` are traffic types of
  /// Gemini and Vertex AI.
  package static let otherSpellings = [
    "": "standard", "default": "standard", "on_demand": "standard",
    "on_demand_priority": "priority", "on_demand_flex": "flex", "batches": "batch",
  ]
}
