// SPDX-License-Identifier: Apache-2.0

/// The table of commands, in the order of `daybook help`.
package enum Commands {
  package static let all: [CommandDeclaration] = [
    ConfigShowCommand.declaration
  ]
}
