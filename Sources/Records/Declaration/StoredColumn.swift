// SPDX-License-Identifier: Apache-2.0

/// A column as the database has it.
package struct StoredColumn: Hashable, Sendable {
  package let name: String
  /// As `format_type` shortens it: `bigint`, `numeric(24,12)`, `timestamptz`.
  package let sqlType: String
  /// NOT NULL.
  package let isRequired: Bool
}
