// SPDX-License-Identifier: Apache-2.0

/// A column of an archived table; its place in the list is its place in each row.
package struct ArchiveColumn: Sendable, Equatable {
  package let name: String
  /// As `format_type` writes it: `numeric(24,12)`, `timestamp with time zone`.
  package let type: String
  package let isNotNull: Bool

  package init(name: String, type: String, isNotNull: Bool) {
    self.name = name
    self.type = type
    self.isNotNull = isNotNull
  }

  var isNumeric: Bool { has(["numeric"]) }

  /// Text of any length, or filled up with blanks; in COPY BINARY all are their bytes.
  var isText: Bool { has(["text", "character varying", "character", "bpchar"]) }

  /// Whether the type is one of these, with a modifier or without; an array is another type.
  private func has(_ names: [String]) -> Bool {
    names.contains { type == $0 || type.hasPrefix($0 + "(") && type.hasSuffix(")") }
  }

  /// Bytes of each value in COPY BINARY; nil when they vary.
  var byteCount: Int? {
    switch type {
    case "boolean": 1
    case "smallint": 2
    case "integer", "date", "real": 4
    case "bigint", "timestamp with time zone", "timestamp without time zone", "double precision": 8
    case "uuid": 16
    default: nil
    }
  }
}
