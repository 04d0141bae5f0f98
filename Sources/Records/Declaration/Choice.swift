// SPDX-License-Identifier: Apache-2.0

/// One accepted spelling of a column with a fixed vocabulary.
package struct Choice: Sendable {
  package let spelling: String
  package let stored: Column.Literal
  /// Stored in another column, when the record says nothing there.
  package let fill: (column: String, text: String)?

  package init(
    _ spelling: String, as stored: Column.Literal? = nil,
    filling fill: (column: String, text: String)? = nil
  ) {
    self.spelling = spelling
    self.stored = stored ?? .text(spelling)
    self.fill = fill
  }

  /// A number may stand only for what is stored as one.
  package var number: Int64? {
    if case .integer = stored { Int64(spelling) } else { nil }
  }
}

extension Choice: ExpressibleByStringLiteral {
  package init(stringLiteral spelling: String) {
    self.init(spelling)
  }
}
