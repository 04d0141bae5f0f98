// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// An expired partition on its way out: a row of `partition_retirements`.
package struct Retirement: Sendable, Equatable {
  /// In the order in which they are reached.
  package enum State: String, Sendable, CaseIterable {
    /// Decided; the detach may be pending or may not have begun.
    case detaching
    /// It stands alone.
    case detached
    /// No role but the owner has rights on it, and its rows were counted.
    case revoked
    /// Exported to a file.
    case archived
    /// The file was read back and is right.
    case verified
    /// `archive_command` has taken it.
    case shipped
    case dropped
  }

  package let id: Int64
  package let table: String
  package let partition: String
  package let partitionOID: UInt32
  package let lower: Timestamp
  package let upper: Timestamp
  package var state: State
  /// Rows under an active legal hold are in it.
  package var hasHeldRows = false
  /// Active legal holds whose table and time include some of it; none once it was dropped.
  package var holds: [PartitionHold] = []
  package var rowCount: Int64?
  package var manifestPath: String?
  /// Failed attempts in the present state, and why the last one failed.
  package var attempts = 0
  package var lastError: String?

  package init(
    id: Int64, table: String, partition: String, partitionOID: UInt32, lower: Timestamp,
    upper: Timestamp, state: State
  ) {
    self.id = id
    self.table = table
    self.partition = partition
    self.partitionOID = partitionOID
    self.lower = lower
    self.upper = upper
    self.state = state
  }
}
