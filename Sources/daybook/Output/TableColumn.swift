// SPDX-License-Identifier: Apache-2.0

/// A column of printed output.
package struct TableColumn: Sendable, Equatable {
  /// How values are aligned, and whether a spreadsheet may take them for a formula.
  package enum Kind: Sendable {
    /// Written by producers or operators: left, guarded in CSV.
    case text
    /// Written by us: right, never guarded (a negative amount begins with `-`).
    case number
    /// The same, and added up by currency on a terminal.
    case sum
    /// A number that names something: its digits are never grouped.
    case id
  }

  package let name: String
  package let kind: Kind
  /// Shown on every terminal, whatever it holds.
  package let isKept: Bool

  private init(_ name: String, _ kind: Kind, isKept: Bool = false) {
    self.name = name
    self.kind = kind
    self.isKept = isKept
  }

  package static func text(_ name: String, isKept: Bool = false) -> TableColumn {
    TableColumn(name, .text, isKept: isKept)
  }

  package static func number(_ name: String, isKept: Bool = false) -> TableColumn {
    TableColumn(name, .number, isKept: isKept)
  }

  package static func sum(_ name: String, isKept: Bool = false) -> TableColumn {
    TableColumn(name, .sum, isKept: isKept)
  }

  package static func id(_ name: String) -> TableColumn { TableColumn(name, .id) }
}
