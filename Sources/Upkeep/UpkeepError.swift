// SPDX-License-Identifier: Apache-2.0
package import Files
package import Postgres
package import Sysexits

/// Why maintenance cannot go on, and what to do.
package struct UpkeepError: Error, Sendable, CustomStringConvertible {
  package let description: String
  /// The sysexits code for a command that ends because of this error.
  package let exitCode: ExitCode
  /// The database's own error, if it was one.
  package let database: PostgresError?

  package init(_ description: String, exitCode: ExitCode) {
    self.description = description
    self.exitCode = exitCode
    database = nil
  }

  package init(_ error: PostgresError) {
    description = "postgres: \(error)"
    exitCode = error.exitCode
    database = error
  }

  package init(_ error: FileError) {
    description = error.description
    exitCode = error.exitCode
    database = nil
  }
}
