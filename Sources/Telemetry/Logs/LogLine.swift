// SPDX-License-Identifier: Apache-2.0

/// One log line before it is written: pure, so that escaping and redaction can be tested.
package struct LogLine: Sendable {
  /// A field value longer than this is cut and ends in `…`.
  package static let valueCharactersMax = 1_024
  /// A field beyond this count is dropped.
  package static let fieldCountMax = 32

  package var time: String
  package var level: LogLevel
  package var message: String
  package var fields: [(String, LogValue)]

  package init(time: String, level: LogLevel, message: String, fields: [(String, LogValue)]) {
    self.time = time
    self.level = level
    self.message = message
    self.fields = Array(fields.prefix(Self.fieldCountMax))
  }

  /// The line with its newline; control characters are escaped, secrets are masked.
  package func rendered(as format: LogFormat) -> String {
    switch format {
    case .json: json()
    case .text: text()
    }
  }

  private func json() -> String {
    var line = "{\"ts\":\"\(time)\",\"level\":\"\(level.rawValue)\",\"msg\":"
    line += Self.quoted(message)
    for (name, value) in fields {
      line += "," + Self.quoted(name) + ":"
      switch value {
      case .string(let text): line += Self.quoted(Self.shown(text, name))
      case .integer(let number): line += String(number)
      case .double(let number): line += number.isFinite ? String(number) : "null"
      case .boolean(let flag): line += String(flag)
      }
    }
    return line + "}\n"
  }

  private func text() -> String {
    var line = "\(time) \(level.rawValue) \(Self.escaped(message))"
    for (name, value) in fields {
      line += " \(Self.escaped(name))="
      switch value {
      case .string(let text):
        let shown = Self.shown(text, name)
        let plain =
          !shown.isEmpty && shown.allSatisfy { !$0.isWhitespace && $0 != "\"" && $0 != "=" }
        line += plain && Self.escaped(shown) == shown ? shown : Self.quoted(shown)
      case .integer(let number): line += String(number)
      case .double(let number): line += String(number)
      case .boolean(let flag): line += String(flag)
      }
    }
    return line + "\n"
  }

  private static func shown(_ text: String, _ name: String) -> String {
    if Redaction.isSecret(name: name) { return Redaction.mask }
    let redacted = Redaction.redact(text)
    guard redacted.utf8.count > valueCharactersMax else { return redacted }
    return String(redacted.prefix(valueCharactersMax)) + "…"
  }

  private static func quoted(_ text: String) -> String { "\"" + escaped(text) + "\"" }

  /// JSON escapes, for both shapes: a line stays one line, and a terminal gets nothing to act on.
  private static func escaped(_ text: String) -> String {
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
}
