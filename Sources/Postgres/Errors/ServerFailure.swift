// SPDX-License-Identifier: Apache-2.0
import CPostgres

/// The first error of an exchange, kept until it is known whether the session survives it.
struct ServerFailure {
  private let sqlState: SQLState
  private let message: String
  private let constraint: String?

  init(_ result: OpaquePointer, _ handle: OpaquePointer) {
    constraint = Self.field(result, DiagnosticField.constraint)
    if let state = Self.field(result, DiagnosticField.sqlState) {
      sqlState = SQLState(rawValue: state)
      message = Self.field(result, DiagnosticField.primaryMessage) ?? "no message"
    } else {
      sqlState = .connectionFailure
      message = ConnectFailure.lastMessage(handle)
    }
  }

  init(_ sqlState: SQLState, _ message: String) {
    self.sqlState = sqlState
    self.message = message
    constraint = nil
  }

  func error(phase: PostgresError.Phase) -> PostgresError {
    PostgresError(sqlState, message, phase: phase, constraint: constraint)
  }

  private static func field(_ result: OpaquePointer, _ code: UInt8) -> String? {
    PQresultErrorField(result, Int32(code)).map { String(cString: $0) }
  }

  /// The PG_DIAG_* codes, which are character macros that Swift does not import.
  private enum DiagnosticField {
    static let sqlState = UInt8(ascii: "C")
    static let primaryMessage = UInt8(ascii: "M")
    static let constraint = UInt8(ascii: "n")
  }
}
