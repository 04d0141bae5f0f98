// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// What is archived: a partition, attached or detached already.
package struct ArchiveSubject: Sendable, Equatable {
  package let schema: String
  /// The partitioned table.
  package let table: String
  /// The relation that holds the rows.
  package let partition: String
  /// The first instant.
  package let lower: Timestamp
  /// The first instant after.
  package let upper: Timestamp

  package init(
    schema: String, table: String, partition: String, lower: Timestamp, upper: Timestamp
  ) {
    self.schema = schema
    self.table = table
    self.partition = partition
    self.lower = lower
    self.upper = upper
  }

  var bounds: Range<Timestamp> { lower..<max(lower, upper) }
}
