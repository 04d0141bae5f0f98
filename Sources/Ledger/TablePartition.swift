// SPDX-License-Identifier: Apache-2.0

/// A monthly partition, with bounds as the catalogue has them.
package struct TablePartition: Sendable, Equatable {
  package let table: String
  package let name: String
  /// RFC 3339, UTC.
  package let from: String
  package let to: String
  /// The planner's estimate; nil before the first analyze.
  package let rowsEstimate: Int64?
  /// With indexes.
  package let bytes: Int64
}
