// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import Pricing

/// Calls of one model without a cost.
package struct MissingPrice: Sendable {
  package let provider: String
  package let region: String?
  package let responseModel: String?
  package let requestModel, serviceTier: String
  package let calls: Int64
  /// Input and output; a sum may be beyond 64 bits.
  package let tokens: String
  package let firstSeen, lastSeen: Timestamp
  package let reason: Reason

  package enum Reason: Sendable, Hashable {
    /// The calls do not say their tokens: no catalogue gives them a cost.
    case noUsage
    /// What the catalogue says now of such a call at `lastSeen`.
    case unpriced(Unpriced)
    /// It has a price for it now.
    case priced
  }
}
