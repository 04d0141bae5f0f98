// SPDX-License-Identifier: Apache-2.0
package import Archive
package import Postgres

/// Why maintenance could not do something; one line for the operator and a sysexits(3) code.
package struct UpkeepError: Error, Sendable, CustomStringConvertible {
  package let message: String
  package let exitCode: Int32
  /// The database's error, when that is what happened.
  package let underlying: PostgresError?

  package init(_ message: String, exitCode: Int32, underlying: PostgresError? = nil) {
    self.message = message
    self.exitCode = exitCode
    self.underlying = underlying
  }

  package init(_ error: PostgresError) {
    self.init("postgres: \(error)", exitCode: error.exitCode, underlying: error)
  }

  package init(_ error: ArchiveError) {
    self.init(error.message, exitCode: error.exitCode)
  }

  package var description: String { message }
}
