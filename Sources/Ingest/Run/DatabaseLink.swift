// SPDX-License-Identifier: Apache-2.0
import Postgres
import Telemetry

/// One thread's connection: opened when needed, checked before use, renewed after an hour, thrown
/// away after an error that leaves it unusable.
final class DatabaseLink {
  private let settings: ConnectionSettings
  private var connection: Connection?
  private var openedAt = ContinuousClock.now
  private var hasConnected = false
  /// The last use was not the first of its connection.
  private var isReused = false
  /// It left the connection outside of a transaction: an error of it was that of BEGIN, or of
  /// COMMIT.
  private var wasOutside = false

  init(_ settings: ConnectionSettings) {
    self.settings = settings
  }

  /// Runs `body` on a usable connection to a server that accepts writes; what it leaves open is
  /// rolled back.
  func use<Result: ~Copyable>(
    _ body: (inout Connection) throws(PostgresError) -> Result
  ) throws(PostgresError) -> Result {
    var connection = try ready()
    do throws(PostgresError) {
      let result = try body(&connection)
      wasOutside = connection.transactionStatus == .idle
      keep(connection)
      return result
    } catch {
      wasOutside = connection.transactionStatus == .idle
      let error = explained(error)
      // Another connection may lead to another server: to the primary after a failover.
      if error.recovery != .reconnect { keep(connection) }
      throw error
    }
  }

  /// What an error of the last use means. A pooler keeps its client and gives it another server; a
  /// standby refuses `BEGIN … READ WRITE` as a feature that it does not have. A new connection has
  /// been asked whether it leads to one, but the BEGIN may go to another server than the question.
  func explained(_ error: PostgresError) -> PostgresError {
    guard error.sqlState == .featureNotSupported, isReused || wasOutside else { return error }
    return PostgresError(.readOnlyTransaction, error.message, phase: error.phase)
  }

  /// Runs `body` between BEGIN with short timeouts and COMMIT.
  func transaction<Result: ~Copyable>(
    _ body: (inout Connection) throws(PostgresError) -> Result
  ) throws(PostgresError) -> Result {
    try use { connection throws(PostgresError) in
      _ = try connection.execute(IngestSQL.begin)
      let result = try body(&connection)
      let end = try connection.execute("COMMIT")
      guard end.commandTag == "COMMIT" else {
        throw PostgresError(
          .connectionFailure, "the transaction was rolled back", phase: .answered)
      }
      return result
    }
  }

  func close() {
    connection = nil
  }

  private func keep(_ used: consuming Connection) {
    if used.isUsable, used.transactionStatus != .idle { _ = try? used.execute("ROLLBACK") }
    if used.isUsable { connection = consume used }
  }

  private func ready() throws(PostgresError) -> Connection {
    if openedAt.duration(to: .now) > .seconds(IngestLimits.connectionSecondsMax) { close() }
    if let open = connection.take(), open.isUsable {
      isReused = true
      return open
    }
    isReused = false
    var opened = try connect()
    openedAt = .now
    if hasConnected { Metrics.databaseReconnects.add(1) }
    hasConnected = true
    // A failover may leave the name pointing at the old primary, which is a standby now. A server,
    // or a role, that was made read-only is not written to either; what another client has SET on a
    // pooled connection does not count.
    let mode = try opened.execute(
      """
      SELECT pg_catalog.pg_is_in_recovery() OR reset_val = 'on' FROM pg_catalog.pg_settings
      WHERE name = 'default_transaction_read_only'
      """)
    if mode.bool(0, 0) != false {
      throw PostgresError(
        .readOnlyTransaction, "the server is read-only", phase: .answered)
    }
    return opened
  }

  /// The settings worked when ingest started. What refuses them later is waited for: a database
  /// that is restored, a certificate that is replaced, a password that is changed, if the new one
  /// comes from a file. One that stands in the environment stays wrong until a restart.
  private func connect() throws(PostgresError) -> Connection {
    do throws(PostgresError) {
      return try Connection(settings)
    } catch {
      let isLogin = [.invalidPassword, .invalidAuthorization].contains(error.sqlState)
      guard error.recovery == .stop, !isLogin || settings.readsPasswordAnew else { throw error }
      throw PostgresError(
        error.sqlState, error.message, phase: error.phase, recovery: .reconnect,
        remedy: error.remedy)
    }
  }
}
