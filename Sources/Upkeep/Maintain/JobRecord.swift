// SPDX-License-Identifier: Apache-2.0
import Postgres

/// A row of `maintenance_runs`: running from the beginning of a job to its end.
struct JobRecord {
  private let id: String?

  init(
    _ job: MaintenanceJob, owner: String, _ session: inout MaintenanceSession
  ) throws(UpkeepError) {
    let row = try session.note(
      "INSERT INTO \(session.qualified("maintenance_runs")) (job, owner) VALUES ($1, $2) RETURNING run_id",
      [job.rawValue, owner])
    id = row.text(0, 0)
  }

  /// One that was stopped stays running, as one that was killed does: it has neither succeeded nor
  /// failed, and the next run goes on.
  func finish(_ report: JobReport, _ session: inout MaintenanceSession) throws(UpkeepError) {
    guard report.outcome != .stopped else {
      try session.note(
        "UPDATE \(session.qualified("maintenance_runs")) SET actions = $2, message = $3 WHERE run_id = $1",
        [id, String(report.actions), report.message])
      return
    }
    try session.note(
      """
      UPDATE \(session.qualified("maintenance_runs"))
         SET finished_at = clock_timestamp(), outcome = $2, actions = $3, message = $4
       WHERE run_id = $1
      """, [id, report.outcome.rawValue, String(report.actions), report.message])
  }
}
