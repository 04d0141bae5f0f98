// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// A partitioned table that another tool made, as the catalogue shows it.
package struct AdoptionSubject: Sendable, Equatable {
  package struct Child: Sendable, Equatable {
    package let name: String
    package let isPlainTable: Bool
    package let isDefault: Bool
    /// Nil for MINVALUE, MAXVALUE and what is no timestamptz.
    package let lower: Timestamp?
    package let upper: Timestamp?
    package let owner: String
    /// The parent's TRUNCATE triggers that it lacks, as statements.
    package let missingTriggers: [String]
  }

  package let schema: String
  package let table: String
  /// `pg_class.relkind`: p for a partitioned table; nil when there is none of that name.
  package let kind: String?
  package let owner: String
  /// `pg_partitioned_table.partstrat`: r for ranges.
  package let strategy: String
  package let keyCount: Int
  package let keyType: String
  package let hasPolicy: Bool
  package let children: [Child]
  package let hasRowsInDefault: Bool
  package let partman: PartmanConfiguration?
}
