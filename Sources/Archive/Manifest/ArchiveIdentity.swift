// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// Which rows an archive is of: two archives of one file name may be of different databases.
package struct ArchiveIdentity: Sendable, Equatable {
  package let database: Manifest.Database
  package let schema: String
  /// The partitioned table.
  package let table: String
  package let partition: String
  /// The first instant.
  package let lower: Timestamp
  /// The first instant after.
  package let upper: Timestamp

  package init(
    database: Manifest.Database, schema: String, table: String, partition: String,
    bounds: Range<Timestamp>
  ) {
    self.database = database
    self.schema = schema
    self.table = table
    self.partition = partition
    lower = bounds.lowerBound
    upper = bounds.upperBound
  }

  init(_ manifest: Manifest) {
    database = manifest.database
    schema = manifest.schema
    table = manifest.table
    partition = manifest.partition
    lower = manifest.lower
    upper = manifest.upper
  }

  /// A system identifier that one of them does not know says nothing.
  func isSame(as other: ArchiveIdentity) -> Bool {
    let (ours, theirs) = (database.systemIdentifier, other.database.systemIdentifier)
    return (ours == nil || theirs == nil || ours == theirs)
      && Self.isSame(database.name, other.database.name) && Self.isSame(schema, other.schema)
      && Self.isSame(table, other.table) && Self.isSame(partition, other.partition)
      && lower == other.lower && upper == other.upper
  }

  /// Names are bytes to PostgreSQL: what Unicode takes for equal may be another table.
  private static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
  }
}
