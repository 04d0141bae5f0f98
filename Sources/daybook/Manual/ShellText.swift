// SPDX-License-Identifier: Apache-2.0

/// Pieces of the functions that bash and zsh understand alike.
enum ShellText {
  static let title = "Completion of daybook \(Daybook.version), made from its table of commands."

  /// As one word of bash, zsh and fish.
  static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }

  /// A function of one argument with a branch for each of `branches`.
  static func function(_ name: String, _ branches: [(pattern: String, body: String)]) -> String {
    let lines = branches.map { "    \($0.pattern)) \($0.body) ;;\n" }.joined()
    return "\(name)() {\n  case $1 in\n\(lines)  esac\n}\n"
  }

  /// Succeeds for words that begin a command or are one.
  static func isCommand(_ table: CompletionTable) -> String {
    function(
      "_daybook_is_command",
      table.chains.map { (quoted($0), "return 0") } + [("*", "return 1")])
  }

  /// Says what the flag $2 of the command $1 asks for, or without a flag what its operands are.
  /// Fails for a flag without value.
  static func wants(_ table: CompletionTable) -> String {
    let branches = table.commands.map { command in
      let lines = table.wishes(of: command).map { wish in
        let pattern = wish.flags.isEmpty ? "''" : wish.flags.joined(separator: " | ")
        return "        \(pattern)) echo \(quoted(answer(wish.source))) ;;\n"
      }
      return (
        quoted(command.name),
        "\n      case $2 in\n\(lines.joined())        *) return 1 ;;\n      esac\n     "
      )
    }
    return function("_daybook_wants", branches)
  }

  static func answer(_ source: ValueSource) -> String {
    switch source {
    case .words(let words): words.joined(separator: " ")
    case .files: "@files"
    case .directories: "@directories"
    case .commands: "@commands"
    case .unknown: ""
    }
  }
}
