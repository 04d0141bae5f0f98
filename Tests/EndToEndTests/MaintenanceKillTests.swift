// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Testing

extension EndToEnd {
  /// SIGKILL at each named point of a retirement, then a run that nothing happens to.
  @Suite struct MaintenanceKillTests {
    @Test(arguments: [
      "create.done", "retire.begun", "retire.detached", "retire.marked", "retire.revoked",
      "retire.exported", "retire.archived", "retire.read", "retire.verified", "retire.sent",
      "retire.shipped", "retire.dropped",
    ])
    func theNextRunEndsWhatWasBegun(point: String) throws {
      try MaintenanceStage.run { stage in
        let before = try stage.sums("invocations")
        let victim = try stage.maintain(
          ["--job", "create", "--job", "retain"], fault: "\(point):kill")
        #expect(victim.wait() == .signal(SIGKILL), "\(victim.lastLines)")
        try stage.expectNothingUnverifiedIsGone()
        let last = try stage.maintain([])
        #expect(last.wait() == .exit(0), "\(last.lastLines)")
        #expect(
          try stage.database.value(
            "SELECT string_agg(DISTINCT state, ' ') FROM partition_retirements")
            == "dropped")
        #expect(try stage.restoredSums() == before)
        try stage.expectNothingUnverifiedIsGone()
      }
    }

    /// What a build leaves behind is found, removed and built again.
    @Test func anIndexIsBuiltAgain() throws {
      try MaintenanceStage.run { stage in
        let month = "(now() - interval '3 months')::date"
        let name = try #require(
          try stage.database.value("SELECT daybook_create_partition('invocations', \(month))"))
        let victim = try stage.maintain(["--job", "close"], fault: "index.building:kill:3")
        #expect(victim.wait() == .signal(SIGKILL), "\(victim.lastLines)")
        let last = try stage.maintain(["--job", "close"])
        #expect(last.wait() == .exit(0), "\(last.lastLines)")
        #expect(
          try stage.number(
            "SELECT count(*) FROM pg_index WHERE indisvalid AND indrelid = '\(name)'::regclass")
            == 4)
        #expect(try stage.number("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == 0)
      }
    }

    /// The server notices that the leader has gone, and the one that stands by takes over.
    @Test func aLeaderThatIsKilledIsFollowed() throws {
      try MaintenanceStage.run { stage in
        let leader = try stage.maintain(["--loop", "--interval", "1"])
        #expect(eventually(seconds: 20) { leader.output.contains("\"leading\"") })
        let other = try stage.maintain(["--loop", "--interval", "1"])
        #expect(
          eventually(seconds: 20) { other.output.contains("standing by") }, "\(other.lastLines)")
        #expect(other.output.contains(":\(leader.pid)"), "names the leader: \(other.lastLines)")
        let once = try stage.maintain([])
        #expect(once.wait() == .exit(75))
        #expect(once.output.contains(":\(leader.pid)) holds the lock"), "\(once.lastLines)")
        leader.send(SIGKILL)
        #expect(
          eventually(seconds: 20) { other.output.contains("\"leading\"") }, "\(other.lastLines)")
        other.send(SIGTERM)
        #expect(other.wait(seconds: 10) == .exit(0), "\(other.lastLines)")
      }
    }

    /// The connection is cut in the middle of a statement: the loop connects again and goes on.
    @Test func aCutConnectionIsOpenedAgain() throws {
      try MaintenanceStage.run { stage in
        var blocker = try stage.database.connect()
        try blocker.execute("BEGIN; SELECT count(*) FROM invocations")
        let loop = try stage.maintain(["--loop", "--interval", "1"])
        #expect(try eventually(seconds: 20) { try stage.waitsForDetach() }, "\(loop.lastLines)")
        try stage.database.value(
          """
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name LIKE 'daybook-maintain%'
          """)
        try blocker.execute("ROLLBACK")
        #expect(try stage.waitDropped(), "\(loop.lastLines)")
        loop.send(SIGTERM)
        #expect(loop.wait(seconds: 10) == .exit(0))
      }
    }

    /// While a detach waits for a reader, and while archive_command runs.
    @Test(arguments: ["detach", "ship"])
    func aStopEndsWithinSeconds(during step: String) throws {
      try MaintenanceStage.run { stage in
        var blocker = try stage.database.connect()
        if step == "detach" { try blocker.execute("BEGIN; SELECT count(*) FROM invocations") }
        let process = try stage.maintain(
          ["--loop"], archiveCommand: step == "ship" ? "sleep 100" : "true")
        let isUnderWay = try eventually(seconds: 20) {
          step == "detach"
            ? try stage.waitsForDetach()
            : try stage.number(
              "SELECT count(*) FROM partition_retirements WHERE state = 'verified'")
              == 1
        }
        #expect(isUnderWay, "\(process.lastLines)")
        process.send(SIGTERM)
        #expect(process.wait(seconds: 10) == .exit(0), "\(process.lastLines)")
        try blocker.execute("ROLLBACK")
        let last = try stage.maintain([])
        #expect(last.wait() == .exit(0), "\(last.lastLines)")
        #expect(
          try stage.number("SELECT count(*) FROM partition_retirements WHERE state = 'dropped'")
            == 2)
      }
    }

    /// What was done is said, and nothing has failed.
    @Test func aStopOfOneRunIsForLater() throws {
      try MaintenanceStage.run { stage in
        var blocker = try stage.database.connect()
        try blocker.execute("BEGIN; SELECT count(*) FROM invocations")
        let process = try stage.maintain([])
        #expect(try eventually(seconds: 20) { try stage.waitsForDetach() }, "\(process.lastLines)")
        process.send(SIGTERM)
        #expect(process.wait(seconds: 10) == .exit(75), "\(process.lastLines)")
        #expect(process.output.contains(/create +success/), "\(process.lastLines)")
        #expect(process.output.contains(/retain +stopped/) && process.output.contains("not begun"))
        #expect(
          try stage.number("SELECT count(*) FROM maintenance_runs WHERE outcome = 'failure'") == 0)
        try blocker.execute("ROLLBACK")
        let last = try stage.maintain([])
        #expect(last.wait() == .exit(0), "\(last.lastLines)")
      }
    }

    @Test func metricsTellWhatWasDone() throws {
      try MaintenanceStage.run { stage in
        let process = try stage.maintain(["--loop", "--metrics-listen", "127.0.0.1:0"])
        let isDone = try eventually(seconds: 20) {
          try stage.number(
            "SELECT count(*) FROM maintenance_runs WHERE job = 'report' AND finished_at IS NOT NULL"
          ) == 1
        }
        #expect(isDone, "\(process.lastLines)")
        let port = try #require(
          process.output.firstMatch(of: /"address":"127.0.0.1:(\d+)"/).flatMap { Int($0.output.1) })
        let isShown = try eventually(seconds: 10) {
          try stage.scrape("/metrics", port: port)
            .contains("daybook_partition_months_ahead{table=\"invocations\"} 3")
        }
        #expect(isShown)
        #expect(try stage.scrape("/readyz", port: port).hasSuffix("ready\n"))
        let text = try stage.scrape("/metrics", port: port)
        #expect(text.contains("daybook_maintenance_leader 1"))
        #expect(
          text.contains("daybook_maintenance_last_success_timestamp_seconds{task=\"retain\"}"))
        process.send(SIGTERM)
        #expect(process.wait(seconds: 10) == .exit(0))
      }
    }
  }
}
