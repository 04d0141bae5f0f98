// SPDX-License-Identifier: Apache-2.0
package import Sysexits

/// Why a command ends early: one line that says what is wrong and what to do, and the exit code.
package struct CommandError: Error, Equatable, CustomStringConvertible {
  package let exitCode: ExitCode
  package let message: String

  package init(_ exitCode: ExitCode, _ message: String) {
    self.exitCode = exitCode
    self.message = message
  }

  package var description: String { message }
}
