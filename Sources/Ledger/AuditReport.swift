// SPDX-License-Identifier: Apache-2.0

/// The accounting: what the ledger says became of every record, against what is there.
package struct AuditReport: Sendable, Equatable {
  /// One table's column of the accounting.
  package struct TableAccount: Sendable, Equatable {
    package let table: String
    package let seen: Int64
    package let stored: Int64
    package let duplicates: Int64
    package let rejected: Int64
    /// Offsets without a record, of topics that may have them.
    package let gaps: Int64
    /// Rows of the table.
    package let rows: Int64
    /// Rows of `rejected_records` that were meant for the table.
    package let rejectedRows: Int64
  }

  /// Σcost in one currency, three times; exact decimals.
  package struct CostSum: Sendable, Equatable {
    package let currency: String
    package let rows: String
    package let daily: String
    package let monthly: String
  }

  /// An identity that was stored more than once with different times: legal, but worth a look.
  package struct RepeatedIdentity: Sendable, Equatable {
    package let table: String
    package let tenant: String
    package let id: String
    package let times: Int64
  }

  package var accounts: [TableAccount] = []
  package var costs: [CostSum] = []
  /// How many there are in all; `repeatedIdentities` holds the first of them.
  package var repeatedIdentityCount: Int64 = 0
  package var repeatedIdentities: [RepeatedIdentity] = []
  package var partitions = 0
  package var batches: Int64 = 0
  /// Everything that does not add up, each as one sentence; empty is good.
  package var problems: [String] = []

  package init() {}

  package var isGood: Bool { problems.isEmpty }
}
