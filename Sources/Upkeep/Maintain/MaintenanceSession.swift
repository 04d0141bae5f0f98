// SPDX-License-Identifier: Apache-2.0
package import Postgres
import Sysexits
import Telemetry

/// The one direct connection over which everything is done, as the owner of the tables.
///
/// For one thread; a stop that is requested meanwhile cancels the statement under way.
package struct MaintenanceSession: InSchema, ~Copyable {
  package var connection: Connection
  package let schema: String
  let stop: StopRequest
  /// Has passed until somebody says how long the next work may take.
  var deadline = JobDeadline(after: .zero)
  /// What the server was told last.
  private var limits: StatementLimits?
  private let canceller: Canceller?

  /// Connects, makes sure that this is the primary itself, and becomes the owner.
  ///
  /// Throws exit code 78 behind a pooler, 75 on a standby, 77 without the right to be the owner.
  package init(
    _ settings: ConnectionSettings, schema: String, stop: StopRequest = StopRequest()
  ) throws(UpkeepError) {
    let opened = try Self.connect(settings)
    canceller = opened.canceller
    connection = opened
    self.schema = schema
    self.stop = stop
  }

  private static func connect(_ settings: ConnectionSettings) throws(UpkeepError) -> Connection {
    var opened = try opened(settings)
    let answer: (pid: Int64?, isReadOnly: Bool?)
    do throws(PostgresError) {
      let row = try opened.execute(
        "SET jit = off; SELECT pg_backend_pid(), pg_is_in_recovery() OR current_setting('transaction_read_only')::bool"
      )
      answer = (row.int64(0, 0), row.bool(0, 1))
    } catch {
      throw UpkeepError(error)
    }
    guard answer.pid == Int64(opened.backendPID) else {
      throw UpkeepError(
        "maintenance needs a direct connection, and this one leads through a pooler: set "
          + "admin_database_url to the server itself (port 5432)", exitCode: .configuration)
    }
    guard answer.isReadOnly == false else {
      throw UpkeepError(
        "the server is read-only (a standby, or a failover): try again later, or give all hosts "
          + "with target_session_attrs=read-write", exitCode: .temporary)
    }
    return opened
  }

  private static func opened(_ settings: ConnectionSettings) throws(UpkeepError) -> Connection {
    do throws(PostgresError) { return try Connection(settings) } catch { throw UpkeepError(error) }
  }

  /// From here on with the rights of the owner, in UTC, in the schema.
  ///
  /// Comes after the leader's lock: the owner may not look at other sessions.
  mutating func becomeOwner() throws(UpkeepError) {
    do throws(PostgresError) {
      try connection.execute(
        """
        SET ROLE app_owner;
        SET search_path = \(SQL.identifier(schema)), pg_temp;
        SET timezone = 'UTC'; SET datestyle = 'ISO, MDY';
        SET default_transaction_isolation = 'read committed'; SET row_security = off;
        SET quote_all_identifiers = off;
        SET idle_in_transaction_session_timeout = '5min'; SET idle_session_timeout = 0;
        SET client_connection_check_interval = '5s'
        """)
    } catch {
      guard error.sqlState == .insufficientPrivilege else { throw UpkeepError(error) }
      throw UpkeepError(
        "the login role may not become app_owner: grant it app_maintain",
        exitCode: .noPermission)
    }
  }

  /// Sends one statement, or a string that is one transaction, until it succeeds, fails for good,
  /// or may not be tried again; `point` is reached while it runs.
  ///
  /// The error has exit code 75 when a stop or the job's deadline ends it.
  @discardableResult
  mutating func run(
    _ sql: String, _ limits: StatementLimits = .short, during point: UpkeepFault? = nil
  ) throws(UpkeepError) -> QueryResult {
    let retries = JobDeadline(after: min(limits.retries, deadline.remaining))
    while true {
      do throws(UpkeepError) {
        return try once(sql, limits, point)
      } catch {
        guard let state = error.database?.sqlState, Self.retried.contains(state),
          connection.isUsable, !retries.hasPassed
        else { throw error }
        stop.pause(.milliseconds(.random(in: Self.retryMilliseconds)))
      }
    }
  }

  /// Bookkeeping and small questions: neither a stop nor the job's deadline keeps them from being
  /// asked.
  @discardableResult
  mutating func note(
    _ sql: String, _ parameters: [String?] = []
  ) throws(UpkeepError) -> QueryResult {
    do throws(PostgresError) {
      try apply(.short)
      return try connection.query(sql, parameters)
    } catch {
      // Only the cancel of a stop that came late, behind the statement that it was meant for.
      if error.sqlState == .queryCanceled, stop.isRequested { throw .stopped }
      throw UpkeepError(error)
    }
  }

  /// Runs `body` with the connection; a stop, and the job's deadline, cancel what the server does
  /// for it meanwhile.
  mutating func use<Result: ~Copyable>(
    _ body: (inout Connection) throws(UpkeepError) -> Result
  ) throws(UpkeepError) -> Result {
    guard !deadline.hasPassed else { throw .deadline }
    let canceller = canceller
    guard stop.begin({ canceller?.cancel() }) else { throw .stopped }
    let alarm = JobAlarm(at: deadline) { canceller?.cancel() }
    defer {
      alarm.end()
      stop.end()
      if connection.isUsable, connection.transactionStatus != .idle {
        _ = try? connection.execute("ROLLBACK")
      }
    }
    do throws(UpkeepError) {
      return try body(&connection)
    } catch {
      throw stop.isRequested ? .stopped : deadline.hasPassed ? .deadline : error
    }
  }

  private mutating func once(
    _ sql: String, _ limits: StatementLimits, _ point: UpkeepFault?
  ) throws(UpkeepError) -> QueryResult {
    var bounded = limits
    bounded.run = min(limits.run, max(deadline.remaining, Self.runMin))
    do throws(PostgresError) { try apply(bounded) } catch { throw UpkeepError(error) }
    let patience = bounded.run + Self.answerPatience
    return try use { connection throws(UpkeepError) in
      do throws(PostgresError) {
        try connection.send(sql)
        point?.reached()
        return try connection.receive(deadline: patience)
      } catch {
        // The server's clock may end the statement a moment before ours says so.
        if error.sqlState == .queryCanceled, bounded.run < limits.run { throw .deadline }
        throw UpkeepError(error)
      }
    }
  }

  mutating func apply(_ wanted: StatementLimits) throws(PostgresError) {
    guard wanted != limits else { return }
    try connection.execute(
      "SET lock_timeout = \(wanted.lock.map(Self.milliseconds) ?? 0); "
        + "SET statement_timeout = \(max(1, Self.milliseconds(wanted.run)))")
    limits = wanted
  }

  private static func milliseconds(_ duration: Duration) -> Int64 {
    Int64(duration / .milliseconds(1))
  }

  /// A lock, a deadlock, or a serialization failure: nothing has happened.
  private static let retried: Set<SQLState> = [
    .lockNotAvailable, .deadlockDetected, .serializationFailure,
  ]
  private static let retryMilliseconds: ClosedRange<Double> = 50.0...500
  /// The server ends a statement by itself; this is for a server that says nothing any more.
  private static let answerPatience = Duration.seconds(15)
  /// Less would end the SET of the next limits, too. The alarm is in time all the same.
  private static let runMin = Duration.seconds(1)
}
