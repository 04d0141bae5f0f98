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

  /// `name` of `schema`: `"app"."costs_daily"`.
  package static func qualified(_ schema: String, _ name: String) -> String {
    identifier(schema) + "." + identifier(name)
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

/// Asks the objects of one schema: no statement relies on the search path.
package protocol InSchema: ~Copyable {
  /// Where the tables and functions stand, not quoted.
  var schema: String { get }
}

extension InSchema where Self: ~Copyable {
  /// The quoted and qualified name of a table or function.
  package func qualified(_ name: String) -> String { SQL.qualified(schema, name) }
}
