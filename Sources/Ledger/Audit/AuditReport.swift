// SPDX-License-Identifier: Apache-2.0

/// The accounting: what the ledger says became of every record, against what is there.
package struct AuditReport: Sendable, Equatable {
  /// One table's column of the accounting.
  package struct TableAccount: Sendable, Equatable {
    package let table: String
    /// Kafka records; with the gaps, the offsets that the ledger covers.
    package let records: Int64
    /// Items of these, each stored, duplicate, rejected or skipped; most records are one.
    package let seen: Int64
    package let stored: Int64
    package let duplicates: Int64
    package let rejected: Int64
    package let skipped: Int64
    /// Offsets without a record, of topics that may have them.
    package let gaps: Int64
    package let rows: Int64
    /// Rows that left with retired partitions: archived and dropped, or about to be.
    package let retiredRows: Int64
    /// Rows of `rejected_records` that were meant for the table.
    package let rejectedRows: Int64
    /// Of those, rows that left with retired partitions.
    package let retiredRejectedRows: Int64
  }

  /// A partition that is being detached and was not counted yet.
  package struct Transit: Sendable, Equatable {
    package let table: String
    package let partition: String
    /// Of the retirement.
    package let state: String
  }

  /// Σcost in one currency; exact decimals. rows + retired + repriced = daily + corrections, and
  /// daily = monthly.
  package struct CostSum: Sendable, Equatable {
    package let currency: String
    package let rows: String
    /// Of rows that left with retired partitions.
    package let retired: String
    /// Of lines beside the records that change what they cost.
    package let repriced: String
    package let daily: String
    package let monthly: String
    /// Cost of closed months that is billed in later ones: in no rollup.
    package let corrections: String
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
  /// Batches whose ledger rows left with retired partitions.
  package var retiredBatches: Int64 = 0
  /// Statements of closed months, all versions.
  package var statements: Int64 = 0
  /// What cannot be judged until maintenance has gone on; empty is good.
  package var inTransit: [Transit] = []
  /// Everything that does not add up, each as one sentence; empty is good.
  package var problems: [String] = []

  package init() {}

  package var isGood: Bool { problems.isEmpty && inTransit.isEmpty }

  /// Rows of this table are in transit.
  func isUnsettled(_ table: String) -> Bool { inTransit.contains { $0.table == table } }
}
