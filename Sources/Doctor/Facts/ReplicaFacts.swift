// SPDX-License-Identifier: Apache-2.0
package import Postgres

/// The server of `replica_database_url`.
package struct ReplicaFacts: Sendable {
  var isStandby = true
  /// It has a WAL receiver, as a read replica of RDS has too. Without pg_read_all_stats all but the
  /// process id is hidden, so the row alone counts.
  var isReceiving = true
  /// Since the last transaction that was replayed, while more has been received; nil when none has.
  var lagSeconds: Double?
  var settings: [String: String] = [:]

  init() {}

  package init(_ connection: inout Connection) throws(PostgresError) {
    let one = try connection.execute(
      """
      SELECT pg_is_in_recovery(),
        CASE WHEN pg_last_wal_receive_lsn() IS DISTINCT FROM pg_last_wal_replay_lsn()
          THEN extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END,
        EXISTS (SELECT FROM pg_stat_wal_receiver)
      """)
    isStandby = one.bool(0, 0) ?? false
    lagSeconds = one.text(0, 1).flatMap { Double($0) }
    isReceiving = one.bool(0, 2) ?? false
    settings = try connection.serverSettings().seen
  }
}
