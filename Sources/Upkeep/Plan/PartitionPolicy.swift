// SPDX-License-Identifier: Apache-2.0

/// How one table is kept: a row of `partition_policies`.
package struct PartitionPolicy: Sendable, Equatable {
  package enum Archive: Sendable, Equatable {
    /// An expired partition is dropped only when its archive was verified.
    case required
    /// Dropped without an archive, on purpose; why, in words.
    case none(reason: String)
  }

  /// What becomes of an expired partition with rows under legal hold.
  package enum HeldRows: String, Sendable {
    /// The whole partition stays.
    case keep
    /// The held rows are copied into `<table>_held`, and the partition goes.
    case carve
  }

  package let table: String
  /// Partitions kept ready after the current month.
  package var monthsAhead: Int
  /// Full months kept before the current one.
  package var retentionMonths: Int
  package var archive: Archive
  /// Absolute path on the maintenance host; nil: its own setting.
  package var archiveDirectory: String?
  package var heldRows: HeldRows
  /// Days after the end of a month when its partition is closed.
  package var closeAfterDays: Int
  package var closedIndexes: [IndexSpecification]
  /// False while another tool maintains the table.
  package var isManaged: Bool

  package init(
    table: String, monthsAhead: Int = 3, retentionMonths: Int, archive: Archive = .required,
    archiveDirectory: String? = nil, heldRows: HeldRows = .keep, closeAfterDays: Int = 7,
    closedIndexes: [IndexSpecification] = [], isManaged: Bool = true
  ) {
    self.table = table
    self.monthsAhead = monthsAhead
    self.retentionMonths = retentionMonths
    self.archive = archive
    self.archiveDirectory = archiveDirectory
    self.heldRows = heldRows
    self.closeAfterDays = closeAfterDays
    self.closedIndexes = closedIndexes
    self.isManaged = isManaged
  }
}
