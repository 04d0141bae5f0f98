// SPDX-License-Identifier: Apache-2.0

/// Fields of the records that were stored lately which look like what their stream is for, and
/// which nobody reads: an attribute that its source has renamed.
package struct UnreadFields: Sendable, Equatable {
  package struct Field: Sendable, Equatable {
    package let topic: String
    package let table: String
    package let field: String
    /// Of the days that were looked at.
    package let records: Int64
    /// The first and last of these days that had it, `2026-08-21`, UTC.
    package let firstDay: String
    package let lastDay: String
  }

  /// Today and the days before it, by UTC and the server's clock.
  package static let days: Int64 = 7
  /// Names that are listed.
  package static let fieldsMax = 20

  /// Those that appeared last come first; at most ``fieldsMax``.
  package let fields: [Field]
  /// Names that are not listed.
  package let more: Int64
}
