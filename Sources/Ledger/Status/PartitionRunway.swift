// SPDX-License-Identifier: Apache-2.0

/// How far the partitions of a table reach.
package struct PartitionRunway: Sendable, Equatable {
  package let table: String
  package let partitions: Int64
  /// Whole months after the current one without a hole; -1 if the current month has no partition.
  package let monthsAhead: Int64
  /// Name of the partition with the earliest bounds.
  package let oldest: String?
}
