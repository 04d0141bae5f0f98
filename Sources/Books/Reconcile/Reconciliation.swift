// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// What a reconciliation found; the differences themselves are rows of reconciliation_drift.
package struct Reconciliation: Sendable, Equatable {
  /// One month that this process compared.
  package struct ComparedMonth: Sendable, Equatable {
    package let month: Month
    package let records: Int64
    package let differences: Int
    /// Records of some of its days have left with retired partitions: only its months were compared
    /// with its days there.
    package let leavesDaysOut: Bool
  }

  /// Differences of one currency.
  package struct CurrencyDrift: Sendable, Equatable {
    package let currency: String
    package let differences: Int64
    /// Not repaired, because the month is closed or nobody asked for it.
    package let unrepaired: Int64
    /// Sum of the days' and of the months' differences, exact decimals.
    package let daily: String
    package let monthly: String
  }

  /// A row of reconciliation_drift.
  package struct Drift: Sendable, Equatable {
    package let granularity: String
    package let tenant: String
    package let periodStart: String
    package let provider: String
    package let model: String
    package let currency: String
    /// What it should be, and what the rollup said; nil when it had no such row.
    package let costExpected: String
    package let costFound: String?
    /// What should be less what is.
    package let cost: String
    package let records: Int64
    package let isClosed: Bool
    package let isRepaired: Bool
  }

  package let id: Int64
  /// Months that an interrupted run of the same scope had compared already.
  package var monthsResumed = 0
  package var months: [ComparedMonth] = []
  /// Of the whole run, resumed months included.
  package var records: Int64 = 0
  package var differences: Int64 = 0
  package var unrepaired: Int64 = 0
  package var currencies: [CurrencyDrift] = []
  /// The first of them.
  package var drift: [Drift] = []
  /// Commit of the last batch that was compared, RFC 3339.
  package var dataAsOf: String?

  init(id: Int64) { self.id = id }

  package var isGood: Bool { unrepaired == 0 }
}
