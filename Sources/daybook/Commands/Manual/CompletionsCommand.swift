// SPDX-License-Identifier: Apache-2.0
import Sysexits

/// `daybook completions`: what a shell completes command lines with.
enum CompletionsCommand {
  private enum Shell: String, CaseIterable { case bash, zsh, fish }

  static let declaration = CommandDeclaration(
    ["completions"], "print what completes command lines in a shell",
    operands: Shell.allCases.map(\.rawValue).joined(separator: "|"), count: 1...1, options: [],
    details: "Commands, flags, and the values that are known without a server.",
    examples: [
      ("source <(daybook completions bash)", "in ~/.bashrc"),
      ("daybook completions zsh > _daybook", "in a directory of zsh's fpath"),
      ("daybook completions fish | source", "in fish's config.fish"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let name = context.operands[0]
    guard let shell = Shell(rawValue: name) else {
      let names = Shell.allCases.map(\.rawValue)
      throw CommandError(
        .usage,
        "unknown shell \(name)\(Suggestion.hint(for: name, among: names)): give one of "
          + names.joined(separator: ", "))
    }
    let table = CompletionTable(commands: Commands.all)
    switch shell {
    case .bash: try context.output.write(BashCompletion.script(table))
    case .zsh: try context.output.write(ZshCompletion.script(table))
    case .fish: try context.output.write(FishCompletion.script(table))
    }
    return .success
  }
}
