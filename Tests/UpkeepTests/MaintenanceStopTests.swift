// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Sysexits
import Telemetry
import Testing

@testable import Upkeep

/// A stop is no failure, whenever it comes; nor is a server that is away for a moment.
struct MaintenanceStopTests {
  @Test func whatIsStoppedIsForTheNextRun() throws {
    try MaintenanceScene.with(months: [20]) { scene in
      let stop = StopRequest()
      let reports = try scene.maintain(.create, .retain, .close, stop: stop) { event in
        if case .began(let action) = event, action.job == .retain { stop.request() }
      }
      #expect(reports.map(\.job) == [.create, .retain, .close])
      #expect(reports.map(\.outcome) == [.success, .stopped, .stopped], "\(reports)")
      #expect(JobReport.exitCode(of: reports) == .temporary)
      #expect(
        try scene.database.value(
          "SELECT string_agg(job || ' ' || outcome, ', ' ORDER BY run_id) FROM maintenance_runs")
          == "create success, retain running")
      #expect(
        try scene.database.value("SELECT message FROM maintenance_runs WHERE job = 'retain'")?
          .contains("a stop was requested") == true)
      #expect(
        try scene.number("SELECT coalesce(sum(attempts), 0) FROM partition_retirements") == 0)
      #expect(try scene.report(.retain).outcome == .success)
      #expect(try scene.states() == "dropped")
    }
  }

  @Test func aFailureIsToldAlsoWhereAStopCameAfterIt() {
    func code(_ outcomes: JobReport.Outcome...) -> ExitCode {
      JobReport.exitCode(
        of: outcomes.map {
          JobReport(job: .create, outcome: $0, seconds: 0, actions: 0, message: "")
        })
    }
    #expect(code(.success, .success) == .success)
    #expect(code(.success, .stopped) == .temporary)
    #expect(code(.failure, .stopped) == .checkFailed)
    #expect(code(.deadline) == .checkFailed)
  }

  @Test func noMetricCountsAStop() {
    let task = [MaintenanceJob.report.rawValue]
    let failures = Metrics.maintenanceFailures.sample(task) ?? 0
    MaintenanceMetrics.ended(.notBegun(.report))
    #expect((Metrics.maintenanceFailures.sample(task) ?? 0) == failures)
  }

  /// The first login is lost, as one that meets a failover.
  @Test func aServerThatIsAwayAtTheStartIsWaitedFor() throws {
    try MaintenanceScene.with(months: []) { scene in
      let proxy = try TCPProxy(to: scene.database.server.port(.direct))
      defer { proxy.close() }
      proxy.set(.loseRequest(MaintenanceScene.login))
      try scene.connect(toPort: proxy.port)
      #expect(try scene.report(.report).outcome == .success)
      #expect(proxy.cutCount == 1)
    }
  }

  @Test func aServerThatStaysAwayEndsIt() throws {
    try MaintenanceScene.with(months: []) { scene in
      try scene.connect(toPort: 1)
      scene.settings.serverPatience = .zero
      let error = #expect(throws: UpkeepError.self) { try scene.maintain(.report) }
      #expect(error?.exitCode == .unavailable)
    }
  }

  @Test func aStopEndsTheWaitForTheServer() throws {
    try MaintenanceScene.with(months: []) { scene in
      try scene.connect(toPort: 1)
      let stop = StopRequest()
      Thread.detachNewThread { stop.request() }
      let reports = try scene.maintain(.create, .report, stop: stop)
      #expect(reports.map(\.outcome) == [.stopped, .stopped])
    }
  }
}
