// SPDX-License-Identifier: Apache-2.0
package import Postgres
import Telemetry

/// Runs the jobs, one after the other, as the one leader of the schema.
///
/// For one thread. A job that fails never keeps the next one from running; a connection that is lost
/// is opened again, for as long as a failover takes.
package final class Maintainer {
  let settings: MaintenanceSettings
  let stop: StopRequest
  let observe: (MaintenanceEvent) -> Void
  private var session: MaintenanceSession?

  /// A failover of a managed database takes about two minutes.
  static let reconnectPatience = Duration.seconds(180)
  static let reconnectPause = Duration.seconds(2)

  package init(
    _ settings: MaintenanceSettings, stop: StopRequest,
    observe: @escaping (MaintenanceEvent) -> Void = { _ in }
  ) {
    self.settings = settings
    self.stop = stop
    self.observe = observe
  }

  /// Runs the jobs once; throws when this process cannot lead, with exit code 75 if another one does.
  package func run(
    _ jobs: [MaintenanceJob], table: String? = nil
  ) throws(UpkeepError) -> [JobReport] {
    if session == nil { try connect() }
    var reports: [JobReport] = []
    for job in jobs {
      guard !stop.isRequested else { throw .stopped }
      let report = try run(job, table)
      reports.append(report)
      observe(.ended(report))
    }
    return reports
  }

  /// True when this process leads from now on; false when another one does.
  func tryToLead() throws(UpkeepError) -> Bool {
    if let leading = try ping() { return leading }
    var candidate = try MaintenanceSession(
      settings.database, schema: settings.schema, stop: stop)
    guard try candidate.lead() else { return false }
    session = consume candidate
    return true
  }

  /// Who leads, when it is not this process.
  func leader() throws(UpkeepError) -> String {
    var other = try MaintenanceSession(settings.database, schema: settings.schema, stop: stop)
    return try other.leader()
  }

  /// Nil without a session; the lock belongs to the session, so that one that answers still leads.
  private func ping() throws(UpkeepError) -> Bool? {
    guard var open = session.take() else { return nil }
    try open.note("SELECT 1")
    session = consume open
    return true
  }

  /// The connection is gone, and with it the lock.
  func disconnect() { session = nil }

  private func connect() throws(UpkeepError) {
    var opened = try MaintenanceSession(settings.database, schema: settings.schema, stop: stop)
    try opened.leadOrExplain()
    session = consume opened
  }

  /// A session that leads, after a lost connection too.
  private func ready() throws(UpkeepError) -> MaintenanceSession {
    if let open = session.take(), open.connection.isUsable { return open }
    let patience = JobDeadline(after: Self.reconnectPatience)
    while true {
      do throws(UpkeepError) {
        var opened = try MaintenanceSession(settings.database, schema: settings.schema, stop: stop)
        Metrics.databaseReconnects.add(1)
        try opened.leadOrExplain()
        return opened
      } catch {
        guard error.database != nil || error.exitCode == 75, !patience.hasPassed, !stop.isRequested
        else { throw error }
        Log.warn("not connected, trying again", ["error": LogValue(error.description)])
        stop.pause(Self.reconnectPause)
      }
    }
  }

  private func run(_ job: MaintenanceJob, _ table: String?) throws(UpkeepError) -> JobReport {
    let startedAt = ContinuousClock.now
    var open = try ready()
    open.deadline = JobDeadline(after: job.allowance)
    var tally = JobTally()
    var failure: UpkeepError?
    do throws(UpkeepError) {
      let run = try JobRecord(job, owner: settings.owner, &open)
      do throws(UpkeepError) {
        try perform(job, table, &open, &tally)
      } catch {
        failure = error
      }
      let report = Self.report(job, tally, failure, since: startedAt)
      try run.finish(report, &open)
    } catch {
      failure = failure ?? error
    }
    let report = Self.report(job, tally, failure, since: startedAt)
    if open.connection.isUsable { session = consume open }
    MaintenanceMetrics.ended(report)
    return report
  }

  private func perform(
    _ job: MaintenanceJob, _ table: String?, _ session: inout MaintenanceSession,
    _ tally: inout JobTally
  ) throws(UpkeepError) {
    if job.dependsOnClock { try ClockGuard.check(&session) }
    let executor = Executor(settings: settings, observe: observe, table: table)
    switch job {
    case .create: try executor.create(&session, &tally)
    case .retain: try executor.retain(&session, &tally)
    case .close: try executor.close(&session, &tally)
    case .purgeSessions:
      try SessionPurge(days: settings.sessionsRetentionDays).run(&session, &tally)
    case .releaseHeld: try HeldRowsRelease().run(&session, &tally)
    case .report: try UpkeepReport().run(&session, &tally)
    }
  }

  private static func report(
    _ job: MaintenanceJob, _ tally: JobTally, _ failure: UpkeepError?,
    since startedAt: ContinuousClock.Instant
  ) -> JobReport {
    var tally = tally
    if let failure { tally.failures.append(failure.description) }
    let isDeadline = failure?.description == UpkeepError.deadline.description
    return JobReport(
      job: job,
      outcome: isDeadline ? .deadline : tally.failures.isEmpty ? .success : .failure,
      seconds: startedAt.duration(to: .now) / .seconds(1), actions: tally.actions,
      message: tally.message)
  }
}
