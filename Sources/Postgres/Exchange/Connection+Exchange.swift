// SPDX-License-Identifier: Apache-2.0
import CPostgres

/// The exchange with the server: queue, flush, wait, read results, each bounded by a deadline.
extension Connection {
  mutating func start(_ sql: String, _ deadline: Deadline) throws(PostgresError) {
    try checkSendable(sql)
    guard handle.send(sql) else { throw notSent() }
    try flush(deadline)
  }

  /// A NUL would end the text early and hide what stands behind it.
  func checkSendable(_ text: String) throws(PostgresError) {
    guard isUsable else {
      throw PostgresError(
        .connectionDoesNotExist, "the connection is closed", phase: .notSent)
    }
    guard !text.utf8.contains(0) else {
      throw PostgresError(
        .characterNotInRepertoire, "a statement or parameter contains a NUL byte", phase: .notSent)
    }
  }

  func notSent() -> PostgresError {
    PostgresError(
      .protocolViolation, "libpq refuses the statement: \(ConnectFailure.lastMessage(handle))",
      phase: .notSent, recovery: .reconnect)
  }

  /// Writes all queued bytes, reading meanwhile so that neither side waits for the other.
  mutating func flush(_ deadline: Deadline) throws(PostgresError) {
    while handle.flush() == 1 {
      let ready = try wait(for: [.readable, .writable], deadline)
      if ready.contains(.readable), !handle.consumeInput() { return }
    }
    // A failed write is reported by the next read, together with the server's last words.
  }

  /// Reads until the server is ready for the next statement.
  mutating func receive(_ deadline: Deadline) throws(PostgresError) -> QueryResult {
    guard !isBroken else {
      throw PostgresError(
        .connectionDoesNotExist, "the connection was given up before", phase: .unanswered)
    }
    var answer = QueryResult()
    var failure: ServerFailure?
    while let result = try nextResult(deadline) {
      switch result.status {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
        answer.adopt(result)
      case PGRES_COPY_IN:
        handle.putCopyEnd("use copyIn")
        try flush(deadline)
      case PGRES_COPY_OUT:
        try skipCopyOut(deadline)
      default:
        failure = failure ?? ServerFailure(result, handle)
      }
    }
    if let failure { throw failed(failure) }
    return answer
  }

  /// The error of an exchange that has been read to its end, or to the end of the connection.
  mutating func failed(_ failure: ServerFailure) -> PostgresError {
    let status = transactionStatus
    let isInStep = isUsable && status != .active && status != .unknown
    isBroken = !isInStep
    return failure.error(phase: isInStep ? .answered : .unanswered)
  }

  /// The next result; nil when the answer is complete.
  mutating func nextResult(_ deadline: Deadline) throws(PostgresError) -> ResultHandle? {
    while handle.status == CONNECTION_OK, handle.isBusy {
      let isPending = handle.flush() == 1
      _ = try wait(for: isPending ? [.readable, .writable] : .readable, deadline)
      // On failure the next PQgetResult holds the reason and does not block.
      if !handle.consumeInput() { break }
    }
    return handle.nextResult()
  }

  mutating func wait(
    for events: SocketEvents, _ deadline: Deadline
  ) throws(PostgresError) -> SocketEvents {
    let ready = try Socket.wait(handle.socket, for: events, until: deadline)
    guard ready == .none else { return ready }
    isBroken = true
    throw PostgresError(
      .connectionFailure, "no answer from the server within \(deadline.allowance)",
      phase: .unanswered)
  }
}
