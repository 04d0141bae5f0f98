// SPDX-License-Identifier: Apache-2.0
import Sysexits

/// `--help`, written from the declarations.
package enum HelpText {
  static let widthMax = 98
  static let sentenceColumn = 30

  /// `daybook help`.
  package static func overview(_ commands: [CommandDeclaration]) -> String {
    var text = """
      daybook stores security events and LLM invocations from Kafka in PostgreSQL, exactly once,
      and keeps the costs per tenant, day and month.

      usage: daybook COMMAND [OPTIONS]


      """
    for command in commands { text += entry("  " + command.name, command.summary) }
    return text + """

      daybook help COMMAND explains one. Settings come from flags, DAYBOOK_* variables, a file
      (--config FILE), defaults, in this order; daybook config show prints them with their origin.
      \(exitCodes)
      """
  }

  private static var exitCodes: String {
    let codes = ExitCode.allCases.map { "\($0.rawValue) \($0.meaning)" }
    return filled("exit codes: " + codes.joined(separator: ", "), from: 0)
  }

  /// `daybook help COMMAND`.
  package static func page(_ command: CommandDeclaration) -> String {
    let operands = command.operandNames.isEmpty ? "" : " " + command.operandNames
    var text = "daybook \(command.name): \(command.summary)\n\n"
    text += "usage: daybook \(command.name) [OPTIONS]\(operands)\n"
    if !command.details.isEmpty { text += "\n" + command.details + "\n" }
    let flags = command.options.filter { $0.sources != .secret }
    if !flags.isEmpty { text += "\noptions\n" + flags.map(describe).joined() }
    text += "\noptions of every command\n" + Options.common.map(describe).joined()
    let secrets = command.options.filter { $0.sources == .secret }
    if !secrets.isEmpty {
      text += "\nenvironment (or the file; NAME_FILE names a file that holds the value)\n"
      text += secrets.map { entry("  " + $0.environmentName, $0.sentence) }.joined()
    }
    text += "\nexamples\n"
    for example in command.examples { text += "  \(example.line)\n      \(example.meaning)\n" }
    return text
  }

  private static func describe(_ option: OptionDeclaration) -> String {
    var head = option.short.map { "  -\($0), " } ?? "  "
    head += option.flag + (option.valueName.isEmpty ? "" : " \(option.valueName)")
    let place = option.sources == .settings ? " [\(option.environmentName)]" : ""
    return entry(head, option.explanation + place)
  }

  private static func entry(_ head: String, _ sentence: String) -> String {
    let indent = String(repeating: " ", count: sentenceColumn)
    let start =
      head.count < sentenceColumn - 1 ? head + indent.dropFirst(head.count) : head + "\n" + indent
    return start + filled(sentence, from: sentenceColumn)
  }

  /// In lines of at most `width` columns, the first of which begins in `column` as the others do.
  static func filled(_ text: String, from column: Int, width: Int = widthMax) -> String {
    var result = ""
    var end = column
    for word in text.split(separator: " ") {
      if end > column && end + 1 + word.count > width {
        result += "\n" + String(repeating: " ", count: column)
        end = column
      }
      if end > column {
        result += " "
        end += 1
      }
      result += word
      end += word.count
    }
    return result + "\n"
  }
}
