// SPDX-License-Identifier: Apache-2.0
package import Postgres

extension LedgerReader {
  /// Runways, retirements in flight, active holds and the jobs of maintenance.
  package mutating func maintenance() throws(PostgresError) -> MaintenanceStatus {
    var status = MaintenanceStatus()
    status.runways = try runways()
    status.retirements = try rows(
      """
      SELECT table_name, partition_name, state, attempts, last_error, \(Self.utc("updated_at"))
      FROM \(qualified("partition_retirements")) WHERE state <> 'dropped'
      ORDER BY table_name, lower_bound
      """
    ).map {
      MaintenanceStatus.Retirement(
        table: $0.text(0), partition: $0.text(1), state: $0.text(2), attempts: $0.integer(3),
        lastError: $0.optional(4), updatedAt: $0.text(5))
    }
    status.activeHolds =
      try rows("SELECT count(*) FROM \(qualified("legal_holds")) WHERE released_at IS NULL")
      .first?.integer(0) ?? 0
    status.jobs = try rows(
      """
      SELECT l.job, \(Self.utc("s.finished_at")), l.outcome, l.message
      FROM (SELECT DISTINCT ON (job) job, outcome, message FROM \(qualified("maintenance_runs"))
            ORDER BY job, started_at DESC) AS l
      LEFT JOIN LATERAL (
        SELECT finished_at FROM \(qualified("maintenance_runs")) r
        WHERE r.job = l.job AND r.outcome = 'success' ORDER BY started_at DESC LIMIT 1) AS s ON true
      ORDER BY l.job
      """
    ).map {
      MaintenanceStatus.Job(
        name: $0.text(0), lastSuccess: $0.optional(1), outcome: $0.text(2),
        message: $0.optional(3))
    }
    return status
  }
}
