// SPDX-License-Identifier: Apache-2.0

extension Table {
  /// RFC 4180: CRLF, quotes doubled, a header line.
  ///
  /// A text cell that a spreadsheet could take for a formula is prefixed with `'` and quoted,
  /// unless `isRaw`: model and tenant names are written by others, and `=HYPERLINK(…)` in one must
  /// not run on a finance desk (OWASP, CSV injection).
  package func csv(isRaw: Bool) -> String {
    var text = columns.map { Self.quotedIfNeeded($0.name) }.joined(separator: ",") + "\r\n"
    for row in rows {
      let cells = zip(columns, row).map { column, value in
        let cell = value ?? ""
        guard column.kind == .text, !isRaw, Self.looksLikeFormula(cell) else {
          return Self.quotedIfNeeded(cell)
        }
        return Self.quoted("'" + cell)
      }
      text += cells.joined(separator: ",") + "\r\n"
    }
    return text
  }

  /// Also after leading blanks, which some spreadsheets drop, and in the full-width forms that some
  /// normalise.
  static func looksLikeFormula(_ cell: String) -> Bool {
    let first = cell.unicodeScalars.first
    if first == "\t" || first == "\r" || first == "\n" { return true }
    let shown = cell.unicodeScalars.drop { $0.properties.isWhitespace || $0 == "\u{FEFF}" }
    guard let lead = shown.first else { return false }
    return "=+-@＝＋－＠".unicodeScalars.contains(lead)
  }

  private static func quotedIfNeeded(_ cell: String) -> String {
    let needsQuotes = cell.unicodeScalars.contains { ",\"\r\n;\t".unicodeScalars.contains($0) }
    return needsQuotes || cell.first == " " || cell.last == " " ? quoted(cell) : cell
  }

  private static func quoted(_ cell: String) -> String {
    "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }
}
