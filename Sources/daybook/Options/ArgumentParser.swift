// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Sysexits

/// Command line → command, options, operands; everything else is a usage fault that says what to
/// type.
package struct ArgumentParser {
  private let commands: [CommandDeclaration]

  package init(commands: [CommandDeclaration]) { self.commands = commands }

  /// Parses the arguments after the program's name.
  package func parse(_ arguments: [String]) throws(CommandError) -> ParsedArguments {
    let command = try command(of: arguments)
    var rest = arguments.dropFirst(command.path.count)
    var values: [String: [String]] = [:]
    var operands: [String] = []
    // One for all options: last-month and this-month are neighbours also around midnight.
    let now = Timestamp.now()
    while let argument = rest.popFirst() {
      if argument == "--" {
        operands += rest
        break
      }
      guard argument.hasPrefix("-"), argument != "-" else {
        operands.append(argument)
        continue
      }
      let (option, inline) = try option(of: command, from: argument)
      let value = try value(of: option, inline: inline, rest: &rest, now)
      if values[option.name] != nil && !option.isRepeatable && option.kind != .toggle {
        throw CommandError(.usage, "\(option.flag) is given twice: give it once")
      }
      values[option.name, default: []].append(value)
    }
    let parsed = ParsedArguments(command: command, values: values, operands: operands)
    if !parsed.asksForHelp { try checkOperands(parsed) }
    return parsed
  }

  private func command(of arguments: [String]) throws(CommandError) -> CommandDeclaration {
    let candidates = commands.filter { arguments.starts(with: $0.path) }
    if let command = candidates.max(by: { $0.path.count < $1.path.count }) { return command }
    let given = arguments.first ?? ""
    let group = commands.filter { $0.path.first == given }
    if !group.isEmpty {
      let words = group.compactMap { $0.path.dropFirst().first }
      let second = arguments.dropFirst().first
      let hint = second.map { Suggestion.hint(for: $0, among: words) } ?? ""
      let what = second.map { "unknown command \(given) \($0)" } ?? "\(given) needs a second word"
      throw CommandError(.usage, "\(what)\(hint): give one of " + words.joined(separator: ", "))
    }
    let hint = Suggestion.hint(for: given, among: Self.unique(commands.compactMap(\.path.first)))
    throw CommandError(.usage, "unknown command \(given)\(hint): see daybook help")
  }

  private func option(
    of command: CommandDeclaration, from argument: String
  ) throws(CommandError) -> (OptionDeclaration, inline: String?) {
    if argument.hasPrefix("--") {
      let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1)
      let name = parts.first.map(String.init) ?? ""
      let inline = argument.contains("=") ? (parts.count == 2 ? String(parts[1]) : "") : nil
      if let option = command.allOptions.first(where: { $0.name == name }) {
        guard option.sources != .secret else { throw Self.secretFault(option) }
        return (option, inline)
      }
      if let secret = Options.settings.first(where: { $0.name == name && $0.sources == .secret }) {
        throw Self.secretFault(secret)
      }
      let flags = command.allOptions.filter { $0.sources != .secret }.map(\.flag)
      let hint = Suggestion.hint(for: "--" + name, among: flags)
      throw CommandError(
        .usage, "unknown option --\(name)\(hint): see daybook \(command.name) --help")
    }
    let letter = argument.dropFirst().first
    guard let option = command.allOptions.first(where: { $0.short != nil && $0.short == letter })
    else {
      throw CommandError(
        .usage,
        "unknown option \(argument.prefix(2)): see daybook \(command.name) --help")
    }
    let attached = argument.dropFirst(2)
    return (option, attached.isEmpty ? nil : String(attached))
  }

  private func value(
    of option: OptionDeclaration, inline: String?, rest: inout ArraySlice<String>,
    _ now: Timestamp
  ) throws(CommandError) -> String {
    if option.kind == .toggle {
      guard inline == nil else { throw CommandError(.usage, "\(option.flag) takes no value") }
      return "true"
    }
    guard let value = inline ?? rest.popFirst() else {
      throw CommandError(.usage, "\(option.flag) needs a value: \(option.flag) \(option.valueName)")
    }
    if let complaint = option.kind.complaint(about: value) {
      throw CommandError(.usage, "\(option.flag) \(value): \(complaint)")
    }
    return option.kind.canonical(value, at: now)
  }

  private func checkOperands(_ parsed: ParsedArguments) throws(CommandError) {
    let command = parsed.command
    guard !command.operandCount.contains(parsed.operands.count) else { return }
    let usage = "usage: daybook \(command.name) \(command.operandNames)"
    if parsed.operands.count > command.operandCount.upperBound {
      let extra = parsed.operands[command.operandCount.upperBound]
      throw CommandError(.usage, "unexpected argument \(extra): \(usage)")
    }
    throw CommandError(.usage, "an argument is missing: \(usage)")
  }

  private static func secretFault(_ option: OptionDeclaration) -> CommandError {
    CommandError(
      .usage,
      "\(option.flag) is a secret and no flag, because other users can see arguments: set "
        + "\(option.environmentName), \(option.environmentName)_FILE or \(option.fileKey) "
        + "in the file"
    )
  }

  private static func unique(_ words: [String]) -> [String] {
    words.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
