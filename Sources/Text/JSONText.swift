// SPDX-License-Identifier: Apache-2.0

/// Text as JSON has it.
package enum JSONText {
  /// A string. What a terminal would act on is escaped too: one form for logs, output, files and
  /// the database, which all read it as the same text.
  package static func string(_ text: String) -> String { "\"" + escaped(text) + "\"" }

  /// A string, or null.
  package static func string(_ text: String?) -> String {
    guard let text else { return "null" }
    return string(text)
  }

  /// What stands between the quotes of a string.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.isUnsafeOnTerminal: result += scalar.escaped
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// An array with one item a line.
  package static func lines(_ items: [String]) -> String {
    items.isEmpty ? "[]" : "[\n    " + items.joined(separator: ",\n    ") + "\n  ]"
  }
}
