// SPDX-License-Identifier: Apache-2.0

/// One cell of RFC 4180.
package enum CSVCell {
  /// Quoted where it must be, quotes doubled.
  package static func quotedIfNeeded(_ cell: String) -> String {
    let needsQuotes = cell.unicodeScalars.contains { ",\"\r\n;\t".unicodeScalars.contains($0) }
    return needsQuotes || cell.first == " " || cell.last == " " ? quoted(cell) : cell
  }

  /// Text that a spreadsheet could take for a formula is prefixed with `'` and quoted: model and
  /// tenant names are written by others, and `=HYPERLINK(…)` in one must not run on a finance desk
  /// (OWASP, CSV injection).
  package static func guarded(_ cell: String) -> String {
    looksLikeFormula(cell) ? quoted("'" + cell) : quotedIfNeeded(cell)
  }

  /// Also after leading blanks, which some spreadsheets drop, and in the full-width forms that some
  /// normalise.
  package static func looksLikeFormula(_ cell: String) -> Bool {
    let first = cell.unicodeScalars.first
    if first == "\t" || first == "\r" || first == "\n" { return true }
    let shown = cell.unicodeScalars.drop { $0.properties.isWhitespace || $0 == "\u{FEFF}" }
    guard let lead = shown.first else { return false }
    return "=+-@＝＋－＠".unicodeScalars.contains(lead)
  }

  private static func quoted(_ cell: String) -> String {
    "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }
}
