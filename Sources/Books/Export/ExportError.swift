// SPDX-License-Identifier: Apache-2.0
package import Files
package import Postgres
package import Sysexits

/// Why an export ended early.
package enum ExportError: Error, CustomStringConvertible {
  case postgres(PostgresError)
  case file(FileError)
  /// What was asked for cannot be done; what to do instead, and the sysexits code.
  case refused(String, exitCode: ExitCode)

  package var description: String {
    switch self {
    case .postgres(let error): "postgres: \(error)"
    case .file(let error): error.message
    case .refused(let reason, _): reason
    }
  }

  package var exitCode: ExitCode {
    switch self {
    case .postgres(let error): error.exitCode
    case .file(let error): error.exitCode
    case .refused(_, let exitCode): exitCode
    }
  }
}

extension ExportError {
  static func sql<Result>(
    _ body: () throws(PostgresError) -> Result
  ) throws(ExportError) -> Result {
    do throws(PostgresError) { return try body() } catch { throw .postgres(error) }
  }

  static func disk<Result>(
    _ body: () throws(FileError) -> Result
  ) throws(ExportError) -> Result {
    do throws(FileError) { return try body() } catch { throw .file(error) }
  }
}
