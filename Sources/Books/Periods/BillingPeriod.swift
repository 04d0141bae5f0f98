// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// A billing month as the list shows it, one for each currency of the month.
package struct BillingPeriod: Sendable, Equatable {
  package let month: Month
  package let isClosed: Bool
  /// Version of the last statement; nil when there was none.
  package let version: Int?
  /// ISO 4217; XXX for records without a cost; nil for a month without amounts.
  package let currency: String?
  package let tenants: Int64
  /// Exact decimals: cost of the month, signed cost of closed months billed in it, their sum.
  package let charges: String
  package let corrections: String
  package let total: String
  package let records: Int64
  package let unpricedRecords: Int64
  /// When it was closed or reopened last, RFC 3339; nil for never.
  package let changedAt: String?
  package let changedBy: String?
  package let reason: String?
}
