// SPDX-License-Identifier: Apache-2.0
package import Sysexits

/// One command, declared once: the parser and `--help` read it.
package struct CommandDeclaration: Sendable {
  /// `["offsets", "set"]`.
  package let path: [String]
  /// One sentence, lower case, without full stop.
  package let summary: String
  /// What `--help` calls the operands, for example `FILE|-`.
  package let operandNames: String
  package let operandCount: ClosedRange<Int>
  /// Without the options that every command has.
  package let options: [OptionDeclaration]
  /// Longer explanation, wrapped by hand at 80 columns; may be empty.
  package let details: String
  /// A command line and what it does.
  package let examples: [(line: String, meaning: String)]
  /// Whether it runs with faulty settings too, to say what is wrong with them.
  package let listsFaults: Bool
  package let run: @Sendable (CommandContext) throws(CommandError) -> ExitCode

  package init(
    _ path: [String], _ summary: String, operands operandNames: String = "",
    count operandCount: ClosedRange<Int> = 0...0, options: [OptionDeclaration],
    details: String = "", examples: [(line: String, meaning: String)],
    listsFaults: Bool = false,
    run: @escaping @Sendable (CommandContext) throws(CommandError) -> ExitCode
  ) {
    self.path = path
    self.summary = summary
    self.operandNames = operandNames
    self.operandCount = operandCount
    self.options = options
    self.details = details
    self.examples = examples
    self.listsFaults = listsFaults
    self.run = run
  }

  package var name: String { path.joined(separator: " ") }
  package var allOptions: [OptionDeclaration] { options + Options.common }
}
