// SPDX-License-Identifier: Apache-2.0
import CPostgres

/// One session with PostgreSQL, directly or through PgBouncer: non-blocking libpq and poll(2).
///
/// Every operation has a deadline, so a peer that says nothing can never hang a thread. When a
/// deadline passes in the middle of an exchange the session is out of step: `isUsable` is false
/// from then on and the owner drops the connection. Owned by one thread at a time.
package struct Connection: ~Copyable {
  let handle: ConnectionHandle
  var isBroken = false

  package static let deadlineDefault: Duration = .seconds(30)

  /// Opens a session; name resolution is the only part that the deadline does not bound.
  package init(
    _ settings: ConnectionSettings, deadline: Duration? = nil
  ) throws(PostgresError) {
    let allowance = deadline ?? .seconds(settings.connectTimeoutSeconds)
    handle = try Connector(settings: settings).open(Deadline(after: allowance))
  }

  /// Runs one or several statements by the simple protocol and reads every answer.
  ///
  /// Throws the first error; in a string of several statements the server skips the rest.
  @discardableResult
  package mutating func execute(
    _ sql: String, deadline: Duration = Self.deadlineDefault
  ) throws(PostgresError) -> QueryResult {
    let deadline = Deadline(after: deadline)
    try start(sql, deadline)
    return try receive(deadline)
  }

  /// Runs one statement with text parameters ($1 …) by the extended protocol, unnamed, so that it
  /// also works through a pooler in transaction mode.
  @discardableResult
  package mutating func query(
    _ sql: String, _ parameters: [String?] = [], deadline: Duration = Self.deadlineDefault
  ) throws(PostgresError) -> QueryResult {
    let deadline = Deadline(after: deadline)
    try checkSendable(sql)
    for parameter in parameters {
      if let parameter { try checkSendable(parameter) }
    }
    guard handle.send(sql, parameters) else { throw notSent() }
    try flush(deadline)
    return try receive(deadline)
  }

  /// Sends a string of statements and returns when all its bytes are in the socket.
  ///
  /// After an error with phase `.notSent` the server cannot have seen it; after any other error,
  /// and until `receive` has returned or thrown, it may have been executed.
  package mutating func send(
    _ sql: String, deadline: Duration = Self.deadlineDefault
  ) throws(PostgresError) {
    try start(sql, Deadline(after: deadline))
  }

  /// Reads the whole answer to `send`.
  ///
  /// Phase `.answered` of an error means that the server has refused and rolled back; `.unanswered`
  /// means that the outcome is unknown. The caller must look at `commandTag`: a COMMIT of a failed
  /// transaction is no error and has the tag ROLLBACK.
  package mutating func receive(
    deadline: Duration = Self.deadlineDefault
  ) throws(PostgresError) -> QueryResult {
    try receive(Deadline(after: deadline))
  }

  /// True while the session is in step and can take the next statement.
  package var isUsable: Bool { !isBroken && handle.status == CONNECTION_OK }

  /// As announced at login: PgBouncer announces a number of its own.
  package var backendPID: Int32 { handle.backendPID }

  /// Where it leads: a host's name or address, or the directory of a socket.
  package var host: String { handle.host }

  /// As it is in force: of the string, the environment, the service file or by default.
  package var sslMode: String { handle.options?.values["sslmode"] ?? "prefer" }

  package var transactionStatus: TransactionStatus {
    switch handle.transactionStatus {
    case PQTRANS_IDLE: .idle
    case PQTRANS_ACTIVE: .active
    case PQTRANS_INTRANS: .inTransaction
    case PQTRANS_INERROR: .failed
    default: .unknown
    }
  }
}

/// libpq lets any thread use a connection, one at a time; a noncopyable value has one owner.
extension Connection: @unchecked Sendable {}
