// SPDX-License-Identifier: Apache-2.0
import CPostgres
import Glibc

/// Opens a libpq connection without ever blocking longer than the deadline (name resolution aside).
struct Connector {
  let settings: ConnectionSettings

  /// An open, non-blocking connection that the caller has to finish.
  func open(_ deadline: Deadline) throws(PostgresError) -> OpaquePointer {
    let string = try ConnectionString(settings.conninfo)
    try PasswordFile.check(string.options)
    guard let handle = start(string) else {
      throw PostgresError(.internalError, "out of memory", phase: .connecting)
    }
    // The only way to learn the SQLSTATE of a refused connection: libpq writes it into the text.
    PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
    do {
      try establish(handle, Self.shortened(deadline, handle))
    } catch {
      PQfinish(handle)
      throw error
    }
    PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
    PQsetnonblocking(handle, 1)
    return handle
  }

  private func establish(_ handle: OpaquePointer, _ deadline: Deadline) throws(PostgresError) {
    var progress = PGRES_POLLING_WRITING
    while PQstatus(handle) != CONNECTION_BAD {
      let events = progress == PGRES_POLLING_READING ? SocketEvents.readable : .writable
      guard try Socket.wait(PQsocket(handle), for: events, until: deadline) != .none else {
        throw ConnectFailure.timedOut(handle, deadline)
      }
      progress = PQconnectPoll(handle)
      if progress == PGRES_POLLING_OK { return }
      if progress == PGRES_POLLING_FAILED { break }
    }
    throw ConnectFailure.error(handle)
  }

  /// Our defaults stand before the user's string, which wins; what must not vary stands after it.
  private func start(_ string: ConnectionString) -> OpaquePointer? {
    var parameters: [(String, String)] = []
    if string.options["service"] == nil, getenv("PGSERVICE") == nil {
      // A service file ranks below explicit parameters, so with one its keepalives must stay alone.
      parameters += Self.networkDefaults
    }
    parameters.append(("fallback_application_name", settings.applicationName))
    parameters.append(("dbname", settings.conninfo))
    parameters.append(("client_encoding", "UTF8"))
    return Self.withCStrings(parameters.map(\.0)) { keywords in
      Self.withCStrings(parameters.map(\.1)) { values in
        PQconnectStartParams(keywords, values, Self.expandsConninfoInDatabaseName)
      }
    }
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

  private static let expandsConninfoInDatabaseName: Int32 = 1

  /// libpq honours `connect_timeout` only in its blocking functions, so we do it here.
  private static func shortened(_ deadline: Deadline, _ handle: OpaquePointer) -> Deadline {
    guard let seconds = effective("connect_timeout", handle).flatMap({ Int($0) }), seconds > 0
    else { return deadline }
    let wanted = Deadline(after: .seconds(seconds))
    return wanted.instant < deadline.instant ? wanted : deadline
  }

  private static func effective(_ name: String, _ handle: OpaquePointer) -> String? {
    guard let options = PQconninfo(handle) else { return nil }
    defer { PQconninfoFree(options) }
    var option = options
    while let keyword = option.pointee.keyword {
      if String(cString: keyword) == name { return option.pointee.val.map { String(cString: $0) } }
      option += 1
    }
    return nil
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    let pointers = copies.map { UnsafePointer($0) } + [nil]
    return pointers.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("the list ends with nil") }
      return body(base)
    }
  }
}
