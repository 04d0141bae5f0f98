// SPDX-License-Identifier: Apache-2.0
package import Postgres
package import Sysexits

/// Why a reconciliation ended early; what it compared until then is kept.
package struct ReconcileError: Error, Sendable, CustomStringConvertible {
  package let message: String
  /// The sysexits code.
  package let exitCode: ExitCode
  /// Of the server, if it was the server.
  package let postgres: PostgresError?

  init(_ message: String, exitCode: ExitCode) {
    self.message = message
    self.exitCode = exitCode
    postgres = nil
  }

  init(_ error: PostgresError) {
    message = "postgres: \(error)"
    exitCode = error.exitCode
    postgres = error
  }

  package var description: String { message }
}
