// SPDX-License-Identifier: Apache-2.0
package import Sysexits

/// What went wrong with a connection or a statement, and what to do about it.
///
/// Holds the server's primary message only: DETAIL and CONTEXT quote rows. In class 22 (data
/// exceptions) the primary message quotes values too, so quoted text is masked there.
package struct PostgresError: Error, Sendable, CustomStringConvertible {
  /// How far the request had come when it failed.
  package enum Phase: Sendable {
    /// There was no session yet.
    case connecting
    /// No byte of the request was handed to the socket: it cannot have been executed.
    case notSent
    /// The server answered with an error and is ready for the next statement.
    /// A transaction that contained the statement is aborted and will not commit.
    case answered
    /// The request was sent, wholly or in part, and the answer is missing or incomplete:
    /// whether it was executed is unknown.
    case unanswered
  }

  /// What the caller should do; defined by the SQLSTATE, not by the message.
  package enum Recovery: Sendable {
    /// Send the same transaction again, after a pause.
    case retry
    /// Drop this connection, open another one, find out what was committed, go on.
    case reconnect
    /// The data are refused; the same bytes will be refused again.
    case data
    /// Another owner has taken the partitions: drop the buffers.
    case fenced
    /// A human has to change the configuration, the schema, or the program.
    case stop
  }

  package let sqlState: SQLState
  package let message: String
  package let phase: Phase
  package let recovery: Recovery
  /// Name of the violated constraint, when the server named one (none for a missing partition).
  package let constraint: String?
  /// One sentence that says what to do.
  package let remedy: String
  /// The sysexits code for a command that ends because of this error.
  package let exitCode: ExitCode

  package init(
    _ sqlState: SQLState, _ message: String, phase: Phase, recovery: Recovery? = nil,
    constraint: String? = nil, remedy: String? = nil, exitCode: ExitCode? = nil
  ) {
    let advice = Advice(for: sqlState)
    self.sqlState = sqlState
    self.message = Self.masked(message, sqlState)
    self.phase = phase
    self.recovery = recovery ?? advice.recovery
    self.constraint = constraint
    self.remedy = remedy ?? advice.remedy
    self.exitCode = exitCode ?? advice.exitCode
  }

  package var description: String {
    "\(message) (SQLSTATE \(sqlState)); \(remedy)"
  }

  private static func masked(_ message: String, _ sqlState: SQLState) -> String {
    guard sqlState.classCode == "22" else { return message }
    let parts = message.split(separator: "\"", omittingEmptySubsequences: false)
    return parts.enumerated().map { $0.offset.isMultiple(of: 2) ? String($0.element) : "…" }
      .joined(separator: "\"")
  }
}
