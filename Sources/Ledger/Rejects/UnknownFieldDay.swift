// SPDX-License-Identifier: Apache-2.0

/// How many records of one day had a field that looks like usage, cost or outcome and is not read.
package struct UnknownFieldDay: Sendable, Equatable {
  /// `2026-08-21`, UTC.
  package let day: String
  package let topic: String
  package let table: String
  package let field: String
  package let records: Int64
}
