// SPDX-License-Identifier: Apache-2.0
package import Pricing

/// A row of the catalogue with the changes that entered and replaced it.
package struct PriceHistoryRow: Sendable {
  package let entry: PriceEntry
  package let changedAt, changedBy, source, format: String
  package let reason: String?
  /// Nil: the row counts.
  package let supersededBy: Int64?
}
