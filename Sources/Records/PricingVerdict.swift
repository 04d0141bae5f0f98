// SPDX-License-Identifier: Apache-2.0
package import Pricing

/// How a record came to its cost, or why it has none.
package enum PricingVerdict: BitwiseCopyable, Hashable, Sendable {
  /// The producer sent it.
  case producer
  /// It was computed from the catalogue.
  case computed
  /// The catalogue has no price for it.
  case unpriced(Unpriced)
  /// The record does not say what was used.
  case noUsage

  /// The label of the metric for records that ask for a price and that the catalogue cannot help.
  package static let noUsageReason = "no_usage"
}
