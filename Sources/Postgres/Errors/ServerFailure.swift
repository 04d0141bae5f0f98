// SPDX-License-Identifier: Apache-2.0
/// The first error of an exchange, kept until it is known whether the session survives it.
struct ServerFailure {
  private let sqlState: SQLState
  private let message: String
  private let constraint: String?
  private let remedy: String?

  init(_ result: borrowing ResultHandle, _ handle: ConnectionHandle) {
    constraint = result.errorField(DiagnosticField.constraint)
    if let state = result.errorField(DiagnosticField.sqlState) {
      sqlState = SQLState(rawValue: state)
      message = result.errorField(DiagnosticField.primaryMessage) ?? "no message"
      remedy = sqlState.hasBetterHint ? result.errorField(DiagnosticField.hint) : nil
    } else {
      sqlState = .connectionFailure
      message = ConnectFailure.lastMessage(handle)
      remedy = nil
    }
  }

  init(_ sqlState: SQLState, _ message: String) {
    self.sqlState = sqlState
    self.message = message
    constraint = nil
    remedy = nil
  }

  func error(phase: PostgresError.Phase) -> PostgresError {
    PostgresError(sqlState, message, phase: phase, constraint: constraint, remedy: remedy)
  }

  /// The PG_DIAG_* codes, which are character macros that Swift does not import.
  private enum DiagnosticField {
    static let sqlState = UInt8(ascii: "C")
    static let primaryMessage = UInt8(ascii: "M")
    static let hint = UInt8(ascii: "H")
    static let constraint = UInt8(ascii: "n")
  }
}
