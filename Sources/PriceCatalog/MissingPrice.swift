// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import Pricing

/// Calls of one model without a cost.
package struct MissingPrice: Sendable {
  package let provider: String
  package let responseModel: String?
  package let requestModel, serviceTier: String
  package let calls: Int64
  /// Input and output; a sum may be beyond 64 bits.
  package let tokens: String
  package let firstSeen, lastSeen: Timestamp
  /// What the catalogue says now of such a call at `lastSeen`; nil: it has a price.
  package let reason: Unpriced?
}
