// SPDX-License-Identifier: Apache-2.0

/// A field of stored records that looks like usage, cost or outcome and is not read.
package struct UnknownField: Sendable, Equatable {
  package let topic: String
  package let table: String
  package let field: String
  package let records: Int64
  /// RFC 3339, UTC.
  package let firstSeen: String
  package let lastSeen: String
  /// The last record that had it.
  package let partition: Int
  package let offset: Int64
}
