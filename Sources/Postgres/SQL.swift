// SPDX-License-Identifier: Apache-2.0

/// Quoting for SQL text that cannot use parameters (utility statements, several in one string).
///
/// A NUL byte cannot be quoted; `Connection` refuses any statement that contains one.
package enum SQL {
  /// `name` as a quoted identifier: `we"ird` becomes `"we""ird"`.
  package static func identifier(_ name: String) -> String {
    quoted(name, "\"")
  }

  /// `value` as a string literal, for `standard_conforming_strings = on` (the default since 9.1).
  package static func literal(_ value: String) -> String {
    quoted(value, "'")
  }

  private static func quoted(_ text: String, _ quote: Character) -> String {
    var result = String(quote)
    for scalar in text.unicodeScalars {
      if Character(scalar) == quote { result.append(quote) }
      result.unicodeScalars.append(scalar)
    }
    result.append(quote)
    return result
  }
}
