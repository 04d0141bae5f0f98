// SPDX-License-Identifier: Apache-2.0

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
      exit codes: 0 done, 1 a check failed, 64 usage, 65 refused data, 66 no input, 69 unavailable,
      70 internal, 74 input/output, 75 try again, 77 not permitted, 78 configuration

      """
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
    var sentence = option.sentence
    if let unit = option.unit { sentence += ", in \(unit)" }
    if option.isRepeatable { sentence += "; may be repeated" }
    if let value = option.defaultValue { sentence += " (default \(value))" }
    if option.sources == .settings { sentence += " [\(option.environmentName)]" }
    return entry(head, sentence)
  }

  private static func entry(_ head: String, _ sentence: String) -> String {
    let indent = String(repeating: " ", count: sentenceColumn)
    var line =
      head.count < sentenceColumn - 1 ? head + indent.dropFirst(head.count) : head + "\n" + indent
    var width = sentenceColumn
    for word in sentence.split(separator: " ") {
      if width > sentenceColumn && width + 1 + word.count > widthMax {
        line += "\n" + indent
        width = sentenceColumn
      }
      if width > sentenceColumn {
        line += " "
        width += 1
      }
      line += word
      width += word.count
    }
    return line + "\n"
  }
}
