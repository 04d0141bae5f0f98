// SPDX-License-Identifier: Apache-2.0
import Text

/// One log line before it is written: pure, so that escaping and redaction can be tested. Both
/// shapes have JSON's escapes: a line stays one line, and a terminal gets nothing to act on.
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
    line += JSONText.string(message)
    for (name, value) in fields {
      line += "," + JSONText.string(name) + ":"
      switch value {
      case .string(let text): line += JSONText.string(Self.shown(text, name))
      case .integer(let number): line += String(number)
      case .double(let number): line += number.isFinite ? String(number) : "null"
      case .boolean(let flag): line += String(flag)
      }
    }
    return line + "}\n"
  }

  private func text() -> String {
    var line = "\(time) \(level.rawValue) \(JSONText.escaped(message))"
    for (name, value) in fields {
      line += " \(JSONText.escaped(name))="
      switch value {
      case .string(let text):
        let shown = Self.shown(text, name)
        let plain =
          !shown.isEmpty && shown.allSatisfy { !$0.isWhitespace && $0 != "\"" && $0 != "=" }
        line += plain && JSONText.escaped(shown) == shown ? shown : JSONText.string(shown)
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
}
