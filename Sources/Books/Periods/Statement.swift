// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// What tenants are billed for a month.
package struct Statement: Sendable, Equatable {
  /// What kind of statement it is.
  package enum Basis: String, Sendable {
    /// Written when the month was closed; does not change.
    case closed
    /// Of an open month, from the rollups as they are: changes with every batch.
    case open
    /// Of a month that was open at the time asked for, recomputed from records and adjustments.
    case recomputed
  }

  /// A tenant's amount in one currency.
  package struct Line: Sendable, Equatable {
    package let tenant: String
    package let currency: String
    /// As they were when the month was closed; nil in a recomputed one.
    package let tenantName: String?
    package let payer: String?
    package let timeZone: String
    /// Exact decimals.
    package let charges: String
    package let corrections: String
    package let total: String
    package let minorUnits: Int64
    /// Decimal with `minorUnits` digits, half away from zero.
    package let totalRounded: String
    package let records: Int64
    package let unpricedRecords: Int64
    package let inputTokens: Int64
    package let outputTokens: Int64
  }

  package let month: Month
  package let basis: Basis
  /// Of a closed one.
  package var version: Int?
  /// RFC 3339.
  package var closedAt: String?
  package var closedBy: String?
  package var reason: String?
  package var dataAsOf: String?
  /// Lower-case hexadecimal.
  package var sha256: String?
  package var previousSHA256: String?
  /// What is wrong with its hash or its place in the chain, as sentences; empty is good.
  package var problems: [String] = []
  package var lines: [Line] = []

  init(month: Month, basis: Basis) {
    self.month = month
    self.basis = basis
  }
}
