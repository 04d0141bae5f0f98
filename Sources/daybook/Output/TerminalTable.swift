// SPDX-License-Identifier: Apache-2.0
import Text

/// A table for the eyes: what is empty or 0 everywhere is left out, thousands are set apart, names
/// are shortened, and what has no room is named below it.
struct TerminalTable {
  private let columns: [TableColumn]
  private let rows: [[String]]
  private let totals: [[String]]

  private static let gap = 2
  /// Text is shortened to this width before columns are left out.
  private static let textWidth = 16

  init(_ table: Table, totals: [[String?]]) {
    columns = table.columns
    let count = table.rows.count
    var cells = (table.rows + totals).map { $0.map { ($0 ?? "").harmless() } }
    for index in columns.indices {
      Self.group(&cells, index, columns[index].kind)
    }
    rows = Array(cells.prefix(count))
    self.totals = Self.labelled(Array(cells.dropFirst(count)), columns)
  }

  func text(width: Int) -> String {
    let isWhole = width == .max
    let used = columns.indices.filter { isWhole || isUsed($0) }
    let full = used.map { max(columns[$0].name.count, naturalWidth($0)) }
    let hasRoom = Self.total(full) <= width
    var widths = Dictionary(
      uniqueKeysWithValues: zip(used, hasRoom ? full : used.map(naturalWidth)))
    var shown = used
    var leftOut: [String] = []
    while Self.total(shown.map { leastWidth($0, widths) }) > width,
      let last = shown.last(where: { !columns[$0].isKept && $0 != used.first })
    {
      shown.removeAll { $0 == last }
      leftOut.insert(columns[last].name, at: 0)
    }
    while Self.total(shown.map { widths[$0] ?? 0 }) > width,
      let widest = shown.filter({ (widths[$0] ?? 0) > leastWidth($0, widths) })
        .max(by: { (widths[$0] ?? 0) < (widths[$1] ?? 0) })
    {
      widths[widest, default: 0] -= 1
    }
    return text(shown.map { ($0, widths[$0] ?? 0) })
      + (leftOut.isEmpty
        ? "" : "no room for \(leftOut.joined(separator: ", ")): --wide shows everything\n")
  }

  private func text(_ shown: [(column: Int, width: Int)]) -> String {
    let names = shown.map { Self.lines(columns[$0.column].name, width: $0.width) }
    let height = names.map(\.count).max() ?? 1
    var text = ""
    for row in 0..<height {
      text += line(shown) { index in
        let missing = height - names[index].count
        return row < missing ? "" : names[index][row - missing]
      }
    }
    let dashes = line(shown) { String(repeating: "-", count: shown[$0].width) }
    text += dashes
    for row in rows { text += line(shown) { row[shown[$0].column] } }
    if !totals.isEmpty { text += dashes }
    for row in totals { text += line(shown) { row[shown[$0].column] } }
    return text
  }

  private func line(
    _ shown: [(column: Int, width: Int)], _ cell: (Int) -> String
  ) -> String {
    var text = ""
    for (index, shownColumn) in shown.enumerated() {
      let value = Self.shortened(cell(index), shownColumn.width)
      let blanks = String(repeating: " ", count: shownColumn.width - value.count)
      text += (index > 0 ? String(repeating: " ", count: Self.gap) : "")
      text += columns[shownColumn.column].kind == .text ? value + blanks : blanks + value
    }
    while text.last == " " { text.removeLast() }
    return text + "\n"
  }

  // MARK: Widths

  private func isUsed(_ column: Int) -> Bool {
    let kind = columns[column].kind
    return columns[column].isKept || column == 0 || rows.isEmpty
      || rows.contains { row in
        let isZero = (kind == .number || kind == .sum) && NumberText(row[column])?.isZero == true
        return !row[column].isEmpty && !isZero
      }
  }

  /// Long names of columns are written in several lines where there is no room for them.
  private func naturalWidth(_ column: Int) -> Int {
    let words = Self.words(columns[column].name).map(\.count).max() ?? 0
    return max(words, (rows + totals).map { $0[column].count }.max() ?? 0)
  }

  private func leastWidth(_ column: Int, _ widths: [Int: Int]) -> Int {
    let width = widths[column] ?? 0
    guard columns[column].kind == .text else { return width }
    let words = Self.words(columns[column].name).map(\.count).max() ?? 0
    return min(width, max(words, Self.textWidth))
  }

  private static func total(_ widths: [Int]) -> Int {
    widths.reduce(0, +) + gap * max(0, widths.count - 1)
  }

  // MARK: Texts

  /// `cache_read_input_tokens` as `cache_`, `read_`, …: the parts of the name, whole.
  private static func words(_ name: String) -> [String] {
    var words = [""]
    for character in name {
      words[words.count - 1].append(character)
      if character == "_" { words.append("") }
    }
    return words
  }

  private static func lines(_ name: String, width: Int) -> [String] {
    var lines = [""]
    for word in words(name) {
      if lines[lines.count - 1].count + word.count > width, !lines[lines.count - 1].isEmpty {
        lines.append("")
      }
      lines[lines.count - 1] += word
    }
    return lines
  }

  /// Beginning and end, which tell versions of a model apart.
  private static func shortened(_ text: String, _ width: Int) -> String {
    guard text.count > width, width > 1 else { return String(text.prefix(width)) }
    let end = (width - 1) / 2
    return text.prefix(width - 1 - end) + "…" + text.suffix(end)
  }

  /// Amounts of a column have their points under each other.
  private static func group(_ cells: inout [[String]], _ column: Int, _ kind: TableColumn.Kind) {
    guard kind == .number || kind == .sum else { return }
    let numbers = cells.map { NumberText($0[column]) }
    let written = numbers.compactMap { $0?.decimals }.max() ?? 0
    let needed = numbers.compactMap { $0?.fraction.count }.max() ?? 0
    let decimals = kind == .sum ? max(needed, min(written, 2)) : 0
    for row in cells.indices {
      if let number = numbers[row] { cells[row][column] = number.grouped(decimals: decimals) }
    }
  }

  private static func labelled(_ totals: [[String]], _ columns: [TableColumn]) -> [[String]] {
    totals.map { row in
      var row = row
      if columns.first?.kind == .text, row.first?.isEmpty == true { row[0] = "total" }
      return row
    }
  }
}
