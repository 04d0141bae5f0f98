// SPDX-License-Identifier: Apache-2.0
import Sysexits

/// Turns libpq's text about a refused connection into an error with a SQLSTATE and a remedy.
enum ConnectFailure {
  static func error(_ handle: ConnectionHandle) -> PostgresError {
    error(text: handle.errorMessage)
  }

  static func timedOut(_ handle: ConnectionHandle, _ patience: Duration) -> PostgresError {
    let seconds = (patience / .seconds(1) * 10).rounded() / 10
    return PostgresError(
      .cannotConnect,
      "no answer from host \"\(handle.host)\" port \(handle.port) within \(seconds) s",
      phase: .connecting,
      remedy: "check host, port and network; a pooler also keeps silent while its server or the"
        + " database is missing: try the server directly")
  }

  /// `text` is libpq's message in verbose form, `… failed: FATAL:  28P01: password … failed`,
  /// with one paragraph for each address that was tried: the last one counts.
  static func error(text: String) -> PostgresError {
    let lines = text.split(separator: "\n").map { $0.drop(while: { $0 == "\t" || $0 == " " }) }
    let attempt = lines.last { $0.contains("connection to server") } ?? lines.first ?? ""
    if let (state, message) = serverReport(attempt) { return refusal(state, message) }
    if let hint = lines.first(where: { isAboutTLS($0) && !isBroken($0) }) {
      return PostgresError(
        .cannotConnect, "TLS failed: \(hint)", phase: .connecting, recovery: .stop,
        remedy: "check sslmode, sslrootcert and the server's certificate; with verify-full the host"
          + " must be the name in the certificate",
        exitCode: .configuration)
    }
    if attempt.contains("no password supplied") {
      return PostgresError(
        .invalidPassword, "the server asks for a password and none is set", phase: .connecting)
    }
    if attempt.contains("on socket") {
      return PostgresError(
        .cannotConnect, String(attempt), phase: .connecting,
        remedy: "set DAYBOOK_DATABASE_URL or PGHOST, or start the server on this machine")
    }
    // Before libpq touches the network it complains about an option or a file.
    let isNetwork =
      attempt.contains("connection to server") || attempt.contains("could not translate host name")
    return PostgresError(
      isNetwork ? .cannotConnect : .configFileError,
      attempt.isEmpty ? "cannot connect" : String(attempt), phase: .connecting)
  }

  /// libpq's last words about the connection, on one line.
  static func lastMessage(_ handle: ConnectionHandle) -> String {
    handle.errorMessage.split(whereSeparator: \.isNewline).first.map(String.init)
      ?? "connection lost"
  }

  private static func refusal(_ state: SQLState, _ message: String) -> PostgresError {
    // PgBouncer answers 08P01 to everything it does not like, so only its words tell.
    guard state == .protocolViolation else {
      return PostgresError(state, message, phase: .connecting)
    }
    if message.contains("unsupported startup parameter") {
      return PostgresError(
        state, "the pooler refuses: \(message)", phase: .connecting, recovery: .stop,
        remedy: "remove `options` (PGOPTIONS) from the connection settings, or add the parameter to"
          + " ignore_startup_parameters of PgBouncer",
        exitCode: .configuration)
    }
    if message.contains("SSL required") {
      return PostgresError(
        state, "the pooler refuses: \(message)", phase: .connecting, recovery: .stop,
        remedy: "set sslmode=verify-full and sslrootcert in the connection settings",
        exitCode: .configuration)
    }
    if message.contains("no such database") || message.contains("does not exist") {
      return PostgresError(.invalidCatalogName, message, phase: .connecting)
    }
    if message.contains("no such user") || message.contains("auth") {
      return PostgresError(.invalidAuthorization, message, phase: .connecting)
    }
    return PostgresError(
      state, "the pooler refuses: \(message)", phase: .connecting,
      remedy: "look into PgBouncer's log; its server may be down or its pool full")
  }

  /// The part after the severity, whatever language that is in: `FATAL:  3D000: …`.
  private static func serverReport(_ line: Substring) -> (SQLState, String)? {
    guard let match = line.firstMatch(of: /:  ([0-9A-Z]{5}): (.*)$/) else { return nil }
    return (SQLState(rawValue: String(match.1)), String(match.2))
  }

  private static func isAboutTLS(_ line: Substring) -> Bool {
    line.contains("SSL") || line.contains("certificate")
  }

  /// The connection ended under TLS, as it does when a server or pooler restarts: nothing is set up
  /// wrong. The words are those of libpq (`SSL SYSCALL error: …`) and of OpenSSL 3.
  private static func isBroken(_ line: Substring) -> Bool {
    ["SYSCALL", "unexpected eof", "closed unexpectedly"].contains { line.contains($0) }
  }
}
