// SPDX-License-Identifier: Apache-2.0
import Postgres
import Sysexits
import Telemetry

/// Runs the jobs, one after the other, as the one leader of the schema.
///
/// For one thread. A job that fails never keeps the next one from running; a connection that is
/// lost is opened again, for as long as a failover takes.
package final class Maintainer {
  let settings: MaintenanceSettings
  let stop: StopRequest
  let observe: (MaintenanceEvent) -> Void
  private var session: MaintenanceSession?
  private(set) var isLeading = false

  static let reconnectPause = Duration.seconds(2)
  /// More than its reader allows itself for the rows under hold.
  private static let planAllowance = Duration.seconds(3600)
  /// Less than a loop may take for a turn (`Health.beatSecondsMax`).
  private static let metricsAllowance = Duration.seconds(60)

  package init(
    _ settings: MaintenanceSettings, stop: StopRequest,
    observe: @escaping (MaintenanceEvent) -> Void = { _ in }
  ) {
    self.settings = settings
    self.stop = stop
    self.observe = observe
  }

  /// Runs the jobs once, up to a stop, and reports of each; throws when this process cannot lead,
  /// with exit code 75 if another one does.
  package func run(
    _ jobs: [MaintenanceJob], table: String? = nil, afterEach: () -> Void = {}
  ) throws(UpkeepError) -> [JobReport] {
    if !isLeading { try begin() }
    var reports: [JobReport] = []
    for job in jobs {
      if let report = try runUnlessStopped(job, table) {
        reports.append(report)
        observe(.ended(report))
        afterEach()
      } else {
        reports.append(.notBegun(job))
      }
    }
    return reports
  }

  /// What the jobs with a plan would do now, without being the leader; nothing is changed.
  package func planned(table: String? = nil) throws(UpkeepError) -> [PlannedAction] {
    var opened = try open()
    try opened.becomeOwner()
    opened.deadline = JobDeadline(after: Self.planAllowance)
    return try opened.plan(settings, job: nil, table: table).actions
  }

  /// True when this process leads from now on, or still does; false when another one does.
  func tryToLead() throws(UpkeepError) -> Bool {
    let wasLeading = isLeading
    var opened = try takenOrOpened()
    let leads: Bool
    if wasLeading, isLeading {
      // The lock belongs to the session: one that answers still has it.
      try opened.note("SELECT 1")
      leads = true
    } else {
      leads = try opened.lead()
    }
    keep(opened, isLeading: leads)
    return leads
  }

  /// Who leads, for a process that stands by.
  func leader() throws(UpkeepError) -> String {
    var opened = try takenOrOpened()
    let name = try opened.leader()
    keep(opened, isLeading: false)
    return name
  }

  /// Reads the gauges again, unless a stop was requested; a failure keeps no job from running.
  func refreshMetrics() {
    guard !stop.isRequested else { return }
    guard var opened = taken() else { return }
    // The time of the last job may be over, and a session that has just begun to lead had no job.
    opened.deadline = JobDeadline(after: Self.metricsAllowance)
    do throws(UpkeepError) {
      try MaintenanceMetrics.refresh(settings, &opened)
    } catch {
      Log.warn("metrics are not refreshed", ["error": LogValue(error.description)])
    }
    keep(opened, isLeading: true)
  }

  func disconnect() {
    session = nil
    isLeading = false
  }

  private func open() throws(UpkeepError) -> MaintenanceSession {
    try MaintenanceSession(settings.database, schema: settings.schema, stop: stop)
  }

  /// Leads, unless a stop comes first. A server that is away may be in a failover, and is waited
  /// for; another process that leads is not, nor a standby.
  private func begin() throws(UpkeepError) {
    let patience = JobDeadline(after: settings.serverPatience)
    var isTold = false
    while !stop.isRequested {
      do throws(UpkeepError) {
        var opened = try open()
        try opened.leadOrExplain()
        keep(opened, isLeading: true)
        return
      } catch {
        guard error.exitCode == .unavailable, !patience.hasPassed else { throw error }
        if !isTold {
          Log.warn(
            "the server is away, it is tried again",
            [
              "error": LogValue(error.description),
              "seconds": LogValue(settings.serverPatience / .seconds(1)),
            ])
        }
        isTold = true
        stop.pause(Self.reconnectPause)
      }
    }
  }

  /// The session, which the caller has to `keep`: one that is not kept was lost.
  private func taken() -> MaintenanceSession? {
    guard let open = session.take(), open.connection.isUsable else {
      isLeading = false
      return nil
    }
    return open
  }

  private func takenOrOpened() throws(UpkeepError) -> MaintenanceSession {
    if let session = taken() { return session }
    return try open()
  }

  private func keep(_ used: consuming MaintenanceSession, isLeading leads: Bool) {
    isLeading = leads && used.connection.isUsable
    if used.connection.isUsable { session = consume used }
  }

  /// A session that leads, after a lost connection too.
  private func ready() throws(UpkeepError) -> MaintenanceSession {
    if let open = taken() { return open }
    let patience = JobDeadline(after: settings.serverPatience)
    while true {
      do throws(UpkeepError) {
        var opened = try open()
        Metrics.databaseReconnects.add(1)
        // Our own lock outlives a lost connection until the server notices.
        try opened.leadOrExplain()
        return opened
      } catch {
        guard Self.passes(error), !patience.hasPassed, !stop.isRequested else { throw error }
        Log.warn("not connected, trying again", ["error": LogValue(error.description)])
        stop.pause(Self.reconnectPause)
      }
    }
  }

  /// Whether time alone may help.
  static func passes(_ error: UpkeepError) -> Bool {
    error.exitCode == .unavailable || error.exitCode == .temporary
  }

  /// Nil when a stop came before the job began.
  private func runUnlessStopped(
    _ job: MaintenanceJob, _ table: String?
  ) throws(UpkeepError) -> JobReport? {
    guard !stop.isRequested else { return nil }
    do throws(UpkeepError) {
      return try run(job, table)
    } catch {
      guard stop.isRequested else { throw error }
      return nil
    }
  }

  private func run(_ job: MaintenanceJob, _ table: String?) throws(UpkeepError) -> JobReport {
    let startedAt = ContinuousClock.now
    var open = try ready()
    open.deadline = JobDeadline(after: settings.jobDeadline ?? job.allowance)
    var tally = JobTally()
    var failure: UpkeepError?
    do throws(UpkeepError) {
      // A run for one table says nothing about the others.
      let run = table == nil ? try JobRecord(job, owner: settings.owner, &open) : nil
      do throws(UpkeepError) {
        try perform(job, table, &open, &tally)
      } catch {
        failure = error
      }
      let report = Self.report(job, tally, failure, since: startedAt)
      try run?.finish(report, &open)
    } catch {
      failure = failure ?? error
    }
    let report = Self.report(job, tally, failure, since: startedAt)
    keep(open, isLeading: true)
    if table == nil { MaintenanceMetrics.ended(report) }
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
    let isStopped = failure?.isStopped == true
    if let failure, isStopped {
      tally.notes.append(failure.description)
    } else if let failure, tally.failures.last?.hasSuffix(failure.description) != true {
      // The failure of an action that ended the job has been told already.
      tally.failures.append(failure.description)
    }
    let outcome: JobReport.Outcome =
      if failure?.isDeadline == true {
        .deadline
      } else if !tally.failures.isEmpty {
        .failure
      } else {
        isStopped ? .stopped : .success
      }
    return JobReport(
      job: job, outcome: outcome, seconds: startedAt.duration(to: .now) / .seconds(1),
      actions: tally.actions, message: tally.message)
  }
}
