// SPDX-License-Identifier: Apache-2.0
import Text

/// Rows of text, printed aligned for people or as CSV for spreadsheets.
package struct Table: Sendable {
  package let columns: [TableColumn]
  /// Each as long as `columns`; nil is shown empty.
  package var rows: [[String?]] = []

  package init(_ columns: [TableColumn], rows: [[String?]] = []) {
    self.columns = columns
    self.rows = rows
  }

  /// Columns two blanks apart, numbers to the right, a line of dashes under the names.
  package var aligned: String {
    let shown = rows.map { $0.map { ($0 ?? "").harmless() } }
    let widths = columns.indices.map { index in
      max(columns[index].name.count, shown.map { $0[index].count }.max() ?? 0)
    }
    var text = line(columns.map(\.name), widths)
    text += line(widths.map { String(repeating: "-", count: $0) }, widths)
    for row in shown { text += line(row, widths) }
    return text
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var text = ""
    for (index, cell) in cells.enumerated() {
      let blanks = String(repeating: " ", count: max(0, widths[index] - cell.count))
      let padded = columns[index].kind == .text ? cell + blanks : blanks + cell
      text += (index > 0 ? "  " : "") + padded
    }
    while text.last == " " { text.removeLast() }
    return text + "\n"
  }

}
