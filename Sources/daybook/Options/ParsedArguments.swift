// SPDX-License-Identifier: Apache-2.0

/// What the command line said, before the environment and the file are looked at.
package struct ParsedArguments: Sendable {
  package let command: CommandDeclaration
  /// Values by option name, in the order given; a toggle has `true`.
  package let values: [String: [String]]
  package let operands: [String]

  package var asksForHelp: Bool { values[Options.help.name] != nil }
}
