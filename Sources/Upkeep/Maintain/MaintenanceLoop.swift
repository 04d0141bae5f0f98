// SPDX-License-Identifier: Apache-2.0
package import Telemetry

/// Runs the jobs again and again, stands by while another process leads, and survives a failover.
///
/// For one thread.
package final class MaintenanceLoop {
  private let maintainer: Maintainer
  private let jobs: [MaintenanceJob]
  private let interval: Duration
  private let health: Health
  private var hasConnected = false
  private var isStandbyLogged = false
  private var due = ContinuousClock.now

  /// Between two looks at the lock, and at the connection.
  static let turnPause = Duration.seconds(3)
  private static let retryPause = Duration.seconds(5)
  private static let loopName = "maintain"
  private static let check = "postgres"

  package init(
    _ maintainer: Maintainer, _ jobs: [MaintenanceJob], interval: Duration, health: Health
  ) {
    self.maintainer = maintainer
    self.jobs = jobs
    self.interval = interval
    self.health = health
    for job in jobs { Metrics.maintenanceFailures.add(0, [job.rawValue]) }
  }

  /// Returns after a stop; throws when the settings cannot work, before it ever worked.
  package func run() throws(UpkeepError) {
    while !maintainer.stop.isRequested {
      health.beat(Self.loopName)
      do throws(UpkeepError) {
        try turn()
        health.set(Self.check, failure: nil)
        maintainer.stop.pause(Self.turnPause)
      } catch {
        try failed(error)
      }
    }
    health.end(Self.loopName)
    maintainer.disconnect()
    MaintenanceMetrics.forget()
  }

  private func turn() throws(UpkeepError) {
    let wasLeading = maintainer.isLeading
    let leads = try maintainer.tryToLead()
    hasConnected = true
    guard leads else {
      MaintenanceMetrics.forget()
      return try standBy()
    }
    Metrics.maintenanceLeader.set(1)
    isStandbyLogged = false
    if !wasLeading {
      Log.info("leading", ["schema": LogValue(maintainer.settings.schema)])
      maintainer.refreshMetrics()
    }
    guard ContinuousClock.now >= due else { return }
    // A job may take hours, and its deadline watches over it.
    health.end(Self.loopName)
    // An alert that one job has ended does not wait for the next, which may take hours, too.
    _ = try maintainer.run(jobs, afterEach: maintainer.refreshMetrics)
    guard !maintainer.stop.isRequested else { return }
    due = .now + interval
  }

  private func standBy() throws(UpkeepError) {
    guard !isStandbyLogged else { return }
    isStandbyLogged = true
    Log.info("standing by, another process leads", ["leader": LogValue(try maintainer.leader())])
  }

  private func failed(_ error: UpkeepError) throws(UpkeepError) {
    MaintenanceMetrics.forget()
    guard !maintainer.stop.isRequested else { return }
    guard hasConnected || Maintainer.passes(error) else { throw error }
    maintainer.disconnect()
    health.set(Self.check, failure: error.description)
    Log.warn("maintenance is interrupted", ["error": LogValue(error.description)])
    maintainer.stop.pause(Self.retryPause)
  }
}
