// SPDX-License-Identifier: Apache-2.0
import Postgres

extension MaintenanceSession {
  /// Plans on one snapshot, for one job and maybe one table.
  mutating func plan(
    _ settings: MaintenanceSettings, job: PlannedAction.Job?, table only: String?
  ) throws(UpkeepError) -> Executor.Planned {
    let reader = CatalogReader(
      schema: schema, readsSizes: job == .retain, asksRows: job == nil || job == .retain)
    do throws(PostgresError) { try apply(.long) } catch { throw UpkeepError(error) }
    let (now, sets) = try use { connection throws(UpkeepError) in
      do throws(PostgresError) { return try reader.read(&connection) } catch {
        throw UpkeepError(error)
      }
    }
    let plan = PartitionPlan.make(
      sets, now: now, schema: schema, hasArchivePlace: settings.archiveDirectory != nil,
      hasArchiveCommand: settings.shipment != nil)
    return Executor.Planned(
      actions: plan.actions.filter { action in
        (job == nil || action.job == job) && (only == nil || action.table == only)
      }, findings: plan.findings.filter { only == nil || $0.table == only }, sets: sets)
  }

  /// PostgreSQL allows one for each table.
  mutating func hasPendingDetach(_ table: String) throws(UpkeepError) -> Bool {
    let found = try note(
      """
      SELECT EXISTS (SELECT FROM pg_inherits WHERE inhdetachpending
        AND inhparent = to_regclass(format('%I.%I', $1::text, $2::text)))
      """, [schema, table])
    return found.bool(0, 0) == true
  }

  /// Counts a failed attempt where `partitions list` and the alerts see it.
  mutating func recordFailure(
    of action: PlannedAction, _ error: UpkeepError
  ) throws(UpkeepError) {
    guard action.job == .retain else { return }
    try note(
      """
      UPDATE \(qualified("partition_retirements")) SET attempts = attempts + 1, last_error = $3
       WHERE table_name = $1 AND partition_name = $2 AND state <> 'dropped'
      """, [action.table, action.partition, error.description])
  }
}
