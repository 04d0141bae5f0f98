// SPDX-License-Identifier: Apache-2.0
import CPostgres
import Glibc

/// Opens a libpq connection without ever blocking longer than the deadline (name resolution aside).
struct Connector {
  let settings: ConnectionSettings

  /// An open, non-blocking connection.
  func open(_ deadline: Deadline) throws(PostgresError) -> ConnectionHandle {
    let conninfo = settings.current
    let string = try ConnectionString(conninfo)
    try PasswordFile.check(string.options)
    guard let handle = start(string, conninfo) else {
      throw PostgresError(.internalError, "out of memory", phase: .connecting)
    }
    // The only way to learn the SQLSTATE of a refused connection: libpq writes it into the text.
    handle.setErrorVerbosity(PQERRORS_VERBOSE)
    try establish(handle, Self.shortened(deadline, handle))
    handle.setErrorVerbosity(PQERRORS_DEFAULT)
    handle.setNonBlocking()
    return handle
  }

  private func establish(_ handle: ConnectionHandle, _ deadline: Deadline) throws(PostgresError) {
    var progress = PGRES_POLLING_WRITING
    while handle.status != CONNECTION_BAD {
      let events = progress == PGRES_POLLING_READING ? SocketEvents.readable : .writable
      guard try Socket.wait(handle.socket, for: events, until: deadline) != .none else {
        throw ConnectFailure.timedOut(handle, deadline)
      }
      progress = handle.connectPoll()
      if progress == PGRES_POLLING_OK { return }
      if progress == PGRES_POLLING_FAILED { break }
    }
    throw ConnectFailure.error(handle)
  }

  /// Our defaults stand before the user's string, which wins; what must not vary stands after it.
  private func start(_ string: ConnectionString, _ conninfo: String) -> ConnectionHandle? {
    var parameters: [(String, String)] = []
    if string.options["service"] == nil, unsafe getenv("PGSERVICE") == nil {
      // A service file ranks below explicit parameters, so with one its keepalives must stay alone.
      parameters += Self.networkDefaults
    }
    parameters.append(("fallback_application_name", settings.applicationName))
    parameters.append(("dbname", conninfo))
    parameters.append(("client_encoding", "UTF8"))
    return ConnectionHandle(parameters)
  }

  /// A dead peer is noticed within about 20 s even while we wait for it to answer.
  private static let networkDefaults = [
    ("keepalives", "1"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "2"),
    ("tcp_user_timeout", "\(tcpUserTimeoutMilliseconds)"),
  ]

  private static let tcpUserTimeoutMilliseconds = 10_000

  /// libpq honours `connect_timeout` only in its blocking functions, so we do it here.
  private static func shortened(_ deadline: Deadline, _ handle: ConnectionHandle) -> Deadline {
    guard let seconds = handle.options?.values["connect_timeout"].flatMap({ Int($0) }), seconds > 0
    else { return deadline }
    let wanted = Deadline(after: .seconds(seconds))
    return wanted.instant < deadline.instant ? wanted : deadline
  }
}
