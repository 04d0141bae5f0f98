// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Telemetry

/// What a scrape of a maintenance process shows.
enum MaintenanceMetrics {
  static func ended(_ report: JobReport) {
    guard report.outcome != .stopped else { return }
    let job = [report.job.rawValue]
    Metrics.maintenanceDuration.set(report.seconds, job)
    if report.outcome.isFailure {
      Metrics.maintenanceFailures.add(1, job)
    } else {
      Metrics.maintenanceLastSuccess.set(WallClock.unixSeconds(), job)
    }
  }

  /// Reads everything that is a state of the database and not of this process.
  static func refresh(
    _ settings: MaintenanceSettings, _ session: inout MaintenanceSession
  ) throws(UpkeepError) {
    let planned = try session.plan(settings, job: .create, table: nil)
    // A table may have lost its policy, or its default partition.
    Metrics.partitionMonthsAhead.removeAll()
    Metrics.defaultPartitionRecords.removeAll()
    for set in planned.sets {
      Metrics.partitionMonthsAhead.set(monthsAhead(set), [set.table])
      if let partition = set.defaultPartition {
        Metrics.defaultPartitionRecords.set(partition.hasRows ? 1 : 0, [set.table])
      }
    }
    let retirements = planned.sets.flatMap(\.retirements).filter { $0.state != .dropped }
    for state in Retirement.State.allCases where state != .dropped {
      Metrics.partitionRetirements.set(
        retirements.count { $0.state == state }, [state.rawValue])
    }
    Metrics.retirementsFailing.set(retirements.count { $0.attempts > 0 })
    let holds = try session.note(
      "SELECT count(*) FROM \(session.qualified("legal_holds")) WHERE released_at IS NULL")
    Metrics.legalHolds.set(holds.int64(0, 0) ?? 0)
    try refreshReconciliation(&session)
    let last = try session.note(
      """
      SELECT job, extract(epoch FROM coalesce(max(finished_at) FILTER (WHERE outcome = 'success'),
          min(started_at)))
        FROM \(session.qualified("maintenance_runs")) GROUP BY job
      """)
    for row in 0..<last.rowCount {
      guard let job = last.text(row, 0), let at = last.text(row, 1).flatMap(Double.init) else {
        continue
      }
      Metrics.maintenanceLastSuccess.set(at, [job])
    }
  }

  /// Of all months and tenants. Without one that has ended nobody knows of drift, but for how long.
  private static func refreshReconciliation(
    _ session: inout MaintenanceSession
  ) throws(UpkeepError) {
    let last = try session.note(
      """
      WITH whole AS (
        SELECT reconciliation_id, started_at, finished_at
        FROM \(session.qualified("reconciliations")) WHERE month IS NULL AND tenant_id IS NULL),
      last AS (
        SELECT * FROM whole WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1)
      SELECT extract(epoch FROM coalesce((SELECT finished_at FROM last), least(
          (SELECT min(started_at) FROM whole),
          (SELECT min(started_at) FROM \(session.qualified("maintenance_runs")))))),
        (SELECT (SELECT count(*) FROM \(session.qualified("reconciliation_drift")) d
            WHERE d.reconciliation_id = last.reconciliation_id AND d.repaired_at IS NULL) FROM last)
      """)
    if let at = last.text(0, 0).flatMap(Double.init) { Metrics.reconciliationLastSuccess.set(at) }
    if let drift = last.int64(0, 1) { Metrics.reconciliationDriftRows.set(drift) }
  }

  /// What a process that does not lead would go on showing as it was.
  static func forget() {
    for gauge in [
      Metrics.partitionMonthsAhead, Metrics.defaultPartitionRecords, Metrics.partitionRetirements,
      Metrics.retirementsFailing, Metrics.legalHolds, Metrics.reconciliationDriftRows,
      Metrics.reconciliationLastSuccess, Metrics.partitionDeadRowRatio,
      Metrics.maintenanceLastSuccess, Metrics.maintenanceDuration,
    ] { gauge.removeAll() }
    Metrics.maintenanceLeader.set(0)
  }

  /// Counted from the month of this host's clock; -1 when that has no partition.
  private static func monthsAhead(_ set: PartitionSet) -> Int {
    let ready = Set(set.partitions.filter { !$0.isDetachPending }.compactMap(\.month))
    var month = Timestamp.now().month
    var count = -1
    while ready.contains(month) {
      count += 1
      month = month.next
    }
    return count
  }
}
