// SPDX-License-Identifier: Apache-2.0
import CPostgres

extension Connection {
  /// Runs a string of statements that contains `count` COPY … FROM STDIN and returns the number of
  /// rows of each.
  ///
  /// `feed` is called for each COPY in order and sends all its bytes. If it throws, that COPY
  /// fails, the string ends, and its error is thrown. Whatever fails, the answers are read to their
  /// end, so that the connection stays usable when the protocol allows it (`isUsable`); an explicit
  /// transaction is then failed and waits for ROLLBACK.
  package mutating func copyIn(
    _ sql: String, count: Int, deadline: Duration = Self.deadlineDefault,
    _ feed: (Int, inout CopySink) throws(PostgresError) -> Void
  ) throws(PostgresError) -> [Int64] {
    let deadline = Deadline(after: deadline)
    try start(sql, deadline)
    var exchange = CopyExchange(expected: count)
    while let result = try nextResult(deadline) {
      let status = result.status
      exchange.note(result, handle)
      if status == PGRES_COPY_OUT { try skipCopyOut(deadline) }
      guard status == PGRES_COPY_IN else { continue }
      guard exchange.accepts else {
        handle.putCopyEnd("more COPY statements than expected")
        continue
      }
      exchange.feedFailure =
        try supply(exchange.started - 1, deadline, feed) ?? exchange.feedFailure
    }
    return try finish(exchange)
  }

  /// Feeds one COPY and ends it; returns the feed's own error, if that is why it was ended.
  private mutating func supply(
    _ index: Int, _ deadline: Deadline,
    _ feed: (Int, inout CopySink) throws(PostgresError) -> Void
  ) throws(PostgresError) -> PostgresError? {
    var sink = CopySink(handle, deadline)
    do {
      try feed(index, &sink)
      // A feed that swallowed the sink's error has lost bytes: the COPY must not succeed.
      handle.putCopyEnd(sink.isRefused ? "ended by the client" : nil)
    } catch {
      if deadline.hasPassed {
        isBroken = true
        throw error
      }
      handle.putCopyEnd("ended by the client")
      return sink.isRefused ? nil : error
    }
    return nil
  }

  private mutating func finish(_ exchange: CopyExchange) throws(PostgresError) -> [Int64] {
    if let failure = exchange.failure {
      let error = failed(failure)
      throw isUsable ? exchange.feedFailure ?? error : error
    }
    guard exchange.started == exchange.expected else {
      throw PostgresError(
        .protocolViolation,
        "the string has \(exchange.started) COPY statements, not \(exchange.expected)",
        phase: .answered, recovery: .stop)
    }
    return exchange.rows
  }

  /// Runs one COPY … TO STDOUT and returns the number of rows that the server says it has sent.
  ///
  /// `body` reads the bytes to their end. If it leaves some of them, the server is asked to stop,
  /// which is the error 57014 if that came in time; if it throws, the connection is broken.
  package mutating func copyOut(
    _ sql: String, deadline: Duration = Self.deadlineDefault,
    _ body: (inout CopySource) throws(PostgresError) -> Void
  ) throws(PostgresError) -> Int64 {
    let deadline = Deadline(after: deadline)
    try start(sql, deadline)
    var failure: ServerFailure?
    var rows: Int64?
    while let result = try nextResult(deadline) {
      switch result.status {
      case PGRES_COPY_OUT:
        try readCopyOut(deadline, body)
      case PGRES_COPY_IN:
        handle.putCopyEnd("use copyIn")
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
        rows = result.copiedRows ?? rows
      default:
        failure = failure ?? ServerFailure(result, handle)
      }
    }
    if let failure { throw failed(failure) }
    guard let rows else {
      throw PostgresError(
        .protocolViolation, "the statement is no COPY … TO STDOUT", phase: .answered,
        recovery: .stop)
    }
    return rows
  }

  private mutating func readCopyOut(
    _ deadline: Deadline, _ body: (inout CopySource) throws(PostgresError) -> Void
  ) throws(PostgresError) {
    var source = CopySource(handle, deadline)
    do {
      try body(&source)
    } catch {
      isBroken = true
      throw error
    }
    guard !source.isAtEnd else { return }
    canceller?.cancel()
    var rest = CopySource(handle, Deadline(after: Self.cancelPatience))
    let scratch = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Self.scratchBytes, alignment: 1)
    defer { unsafe scratch.deallocate() }
    do {
      while !rest.isAtEnd { _ = unsafe try rest.read(into: scratch) }
    } catch {
      isBroken = true
      throw error
    }
  }

  private static let scratchBytes = 1 << 16

  /// For what a server sends that was asked to stop.
  private static let cancelPatience = Duration.seconds(60)

  mutating func skipCopyOut(_ deadline: Deadline) throws(PostgresError) {
    while true {
      let count = handle.skipCopyRow()
      if count < 0 { return }  // the end, or an error that the next result explains
      if count == 0 {
        _ = try wait(for: .readable, deadline)
        if !handle.consumeInput() { return }
      }
    }
  }
}
