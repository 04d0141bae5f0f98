// SPDX-License-Identifier: Apache-2.0
import CPostgres
import Glibc

/// Opens a libpq connection without ever blocking longer than the deadline (name resolution aside).
struct Connector {
  let settings: ConnectionSettings

  /// An open, non-blocking connection. A host that says nothing is left for the next one.
  func open(_ deadline: Deadline) throws(PostgresError) -> ConnectionHandle {
    let conninfo = settings.current
    let string = try ConnectionString(conninfo)
    try PasswordFile.check(string.options)
    var others: HostList?
    while true {
      guard let handle = start(string, conninfo, others),
        let options = handle.options?.values
      else {
        throw PostgresError(.internalError, "out of memory", phase: .connecting)
      }
      // The only way to learn the SQLSTATE of a refused connection: libpq writes it into the text.
      handle.setErrorVerbosity(PQERRORS_VERBOSE)
      let hosts = HostList(options)
      let patience = Self.patience(deadline, options, hosts.count)
      if try establish(handle, patience, deadline) {
        handle.setErrorVerbosity(PQERRORS_DEFAULT)
        handle.setNonBlocking()
        return handle
      }
      others = deadline.hasPassed ? nil : hosts.others(than: handle.host, port: handle.port)
      if others == nil { throw ConnectFailure.timedOut(handle, patience) }
    }
  }

  /// False when a host has said nothing for so long.
  private func establish(
    _ handle: ConnectionHandle, _ patience: Duration, _ deadline: Deadline
  ) throws(PostgresError) -> Bool {
    var progress = PGRES_POLLING_WRITING
    var host = (handle.host, handle.port)
    var limit = Deadline(after: patience)
    while handle.status != CONNECTION_BAD {
      if host != (handle.host, handle.port) {
        host = (handle.host, handle.port)
        limit = Deadline(after: min(patience, deadline.remaining))
      }
      let events = progress == PGRES_POLLING_READING ? SocketEvents.readable : .writable
      guard try Socket.wait(handle.socket, for: events, until: limit) != .none else { return false }
      progress = handle.connectPoll()
      if progress == PGRES_POLLING_OK { return true }
      if progress == PGRES_POLLING_FAILED { break }
    }
    throw ConnectFailure.error(handle)
  }

  /// Our defaults stand before the user's string, which wins; what must not vary stands after it.
  private func start(
    _ string: ConnectionString, _ conninfo: String, _ hosts: HostList?
  ) -> ConnectionHandle? {
    var parameters: [(String, String)] = []
    if string.options["service"] == nil, unsafe getenv("PGSERVICE") == nil {
      // A service file ranks below explicit parameters, so with one its keepalives must stay alone.
      parameters += Self.networkDefaults
    }
    parameters.append(("fallback_application_name", settings.applicationName))
    parameters.append(("dbname", conninfo))
    parameters += hosts?.parameters ?? []
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

  /// For one host: `connect_timeout`, which libpq honours only in its blocking functions, or a part
  /// of the time that is left.
  private static func patience(
    _ deadline: Deadline, _ options: [String: String], _ hostCount: Int
  ) -> Duration {
    let seconds = options["connect_timeout"].flatMap { Int($0) } ?? 0
    return seconds > 0
      ? min(.seconds(seconds), deadline.remaining) : deadline.remaining / max(1, hostCount)
  }
}
