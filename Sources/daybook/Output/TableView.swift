// SPDX-License-Identifier: Apache-2.0

/// How a table is shown.
package struct TableView: Sendable, Equatable {
  /// Columns of the terminal; nil elsewhere, where a table is whole and its numbers are plain.
  package var width: Int?
  /// Everything, however wide.
  package var isWide: Bool

  package init(width: Int?, isWide: Bool = false) {
    self.width = width
    self.isWide = isWide
  }
}

extension Table {
  /// With totals, its own if none are given, as `view` has room for it.
  package func text(_ view: TableView, totals: [[String?]]? = nil) -> String {
    guard let width = view.width else { return aligned }
    return TerminalTable(self, totals: totals ?? TableTotals.rows(self)).text(
      width: view.isWide ? .max : width)
  }

  /// The column whose largest values come first when only some rows are wanted.
  var amount: String? { columns.first { $0.kind == .sum && $0.isKept }?.name }
}
