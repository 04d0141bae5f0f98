// SPDX-License-Identifier: Apache-2.0

/// What a hold covers at this moment.
package struct HoldCoverage: Sendable, Equatable {
  /// How many rows of a relation are covered.
  package enum Rows: Sendable, Equatable {
    case counted(Int64)
    /// Counting ended at this number.
    case moreThan(Int64)
    /// Not counted, because no index answers it quickly: the planner's estimate of all rows.
    case atMost(Int64)
    /// Neither counted nor estimated.
    case unknown
  }

  package struct Relation: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
      case attached
      /// On its way out, in this state of `partition_retirements`.
      case leaving(String)
      /// `<table>_held`: carved rows of dropped partitions.
      case held
    }

    package let kind: Kind
    package let table: String
    package let name: String
    package var rows: Rows
  }

  /// A month in the range that is gone: the hold cannot keep it any more.
  package struct Dropped: Sendable, Equatable {
    package let table: String
    package let partition: String
    /// RFC 3339, UTC.
    package let from: String
    package let to: String
    package let droppedAt: String
    package let rows: Int64
    /// Rows that an earlier hold had carved into `<table>_held`.
    package let carvedRows: Int64
    /// Of the archive that `daybook archive restore` takes; nil if none was made.
    package let manifestPath: String?
  }

  package var relations: [Relation] = []
  package var dropped: [Dropped] = []

  package init() {}
}
