// SPDX-License-Identifier: Apache-2.0

/// A column of printed output.
package struct Column: Sendable, Equatable {
  /// How values are aligned, and whether a spreadsheet may take them for a formula.
  package enum Kind: Sendable {
    /// Written by producers or operators: left, guarded in CSV.
    case text
    /// Written by us: right, never guarded (a negative amount begins with `-`).
    case number
  }

  package let name: String
  package let kind: Kind

  package static func text(_ name: String) -> Column { Column(name: name, kind: .text) }
  package static func number(_ name: String) -> Column { Column(name: name, kind: .number) }
}
