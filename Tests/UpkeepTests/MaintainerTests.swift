// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Sysexits
import Testing

@testable import Upkeep

/// One leader, one direct connection, and jobs beside retention.
struct MaintainerTests {
  @Test(arguments: [TestRoute.transactionPooler, .sessionPooler])
  func aPoolerIsRefused(route: TestRoute) throws {
    try MaintenanceScene.with(months: []) { scene in
      scene.settings.database = try scene.database.settings(route)
      let error = #expect(throws: UpkeepError.self) { try scene.maintain(.report) }
      #expect(error?.exitCode == .configuration)
      #expect(error?.description.contains("admin_database_url") == true)
    }
  }

  @Test func aReadOnlyServerIsForLater() throws {
    try MaintenanceScene.with(months: []) { scene in
      scene.settings.database = try scene.database.settings(
        .direct, ["options": "-c default_transaction_read_only=on"])
      let error = #expect(throws: UpkeepError.self) { try scene.maintain(.report) }
      #expect(error?.exitCode == .temporary)
    }
  }

  @Test func aLoginWithoutTheRoleIsRefused() throws {
    try MaintenanceScene.with(months: []) { scene in
      try scene.database.server.makeLogin("daybook_test_nobody", memberOf: ["app_read"])
      scene.settings.database = try scene.database.settings(
        .direct, ["user": "daybook_test_nobody", "password": "test"])
      let error = #expect(throws: UpkeepError.self) { try scene.maintain(.report) }
      #expect(error?.exitCode == .noPermission)
      #expect(error?.description.contains("app_maintain") == true)
    }
  }

  @Test(arguments: TestServer.all)
  func oneLeads(server: TestServer) throws {
    try MaintenanceScene.with(on: server, months: []) { scene in
      let first = Maintainer(scene.settings, stop: StopRequest())
      #expect(try first.tryToLead())
      #expect(try first.tryToLead())
      let second = Maintainer(scene.settings, stop: StopRequest())
      #expect(try !second.tryToLead())
      let error = #expect(throws: UpkeepError.self) { _ = try second.run([.report]) }
      #expect(error?.exitCode == .temporary)
      first.disconnect()
      var leads = false
      for _ in 0..<100 where !leads { leads = try second.tryToLead() }
      #expect(leads)
      #expect(try second.run([.report]).map(\.outcome) == [.success])
    }
  }

  /// The same months whatever the zones of server and client are.
  @Test(arguments: ["Pacific/Kiritimati", "America/Los_Angeles"])
  func zonesDoNotMatter(zone: String) throws {
    try MaintenanceScene.with { scene in
      try scene.database.value(
        """
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''\(zone)''', current_database());
          EXECUTE format('ALTER DATABASE %I SET datestyle = ''SQL, DMY''', current_database()); END $$
        """)
      let before = try scene.storedSums()
      try scene.database.value("DROP TABLE \(try scene.partition(monthsAgo: -2))")
      let reports = try scene.maintain(.create, .retain)
      #expect(reports.allSatisfy { $0.outcome == .success }, "\(reports)")
      #expect(try scene.states() == "dropped dropped")
      #expect(try scene.archivedSums() == before)
      #expect(
        try scene.database.value(
          """
          SET timezone = 'UTC'; SET datestyle = 'ISO';
          SELECT pg_get_expr(relpartbound, oid) FROM pg_class
           WHERE oid = '\(try scene.partition(monthsAgo: -2))'::regclass
          """)?.contains("-01 00:00:00+00') TO ('") == true)
    }
  }

  @Test func clocksHaveToAgreeWithinAnHour() {
    #expect(ClockGuard.complaint(server: 1_000_000, host: 1_003_600) == nil)
    #expect(ClockGuard.complaint(server: 1_003_601, host: 1_000_000)?.contains("3601 s") == true)
    #expect(ClockGuard.complaint(server: 1_000_000, host: 1_086_400)?.contains("-86400 s") == true)
  }

  /// A reader holds up the detach for longer than the job may take; the next run goes on.
  @Test func aJobEndsAtItsDeadline() throws {
    try MaintenanceScene.with(months: [20]) { scene in
      var reader = try scene.database.connect()
      try reader.execute("BEGIN; SELECT count(*) FROM invocations")
      scene.settings.jobDeadline = .seconds(2)
      let report = try scene.report(.retain)
      #expect(report.outcome == .deadline, "\(report.message)")
      #expect(
        try scene.database.value("SELECT outcome FROM maintenance_runs WHERE job = 'retain'")
          == "deadline")
      #expect(try scene.states() == "detaching")
      try reader.execute("ROLLBACK")
      scene.settings.jobDeadline = nil
      #expect(try scene.report(.retain).outcome == .success)
      #expect(try scene.states() == "dropped")
    }
  }

  /// The statement ends by itself just when its cancel is on the way.
  @Test func theCancelOfADeadlineEndsNothingElse() throws {
    try MaintenanceScene.with(months: []) { scene in
      var session = try MaintenanceSession(scene.settings.database, schema: "public")
      for step in 0..<50 {
        session.deadline = JobDeadline(after: .microseconds(15_000 + 150 * step))
        do throws(UpkeepError) {
          try session.use { connection throws(UpkeepError) in
            do throws(PostgresError) { try connection.execute("SELECT pg_sleep(0.02)") } catch {
              throw UpkeepError(error)
            }
          }
        } catch {
          #expect(error.isDeadline, "\(error)")
        }
        try session.note("SELECT pg_sleep(0.01)")
      }
    }
  }

  /// A limit of a moment would end the SET of the next one.
  @Test func theServersLimitIsNoMomentNearADeadline() throws {
    try MaintenanceScene.with(months: []) { scene in
      var session = try MaintenanceSession(scene.settings.database, schema: "public")
      session.deadline = JobDeadline(after: .milliseconds(900))
      #expect(try session.run("SHOW statement_timeout").text(0, 0) == "1s")
    }
  }

  @Test func oldSessionsArePurgedInBatches() throws {
    try MaintenanceScene.with(months: []) { scene in
      try scene.database.value(
        """
        INSERT INTO users (user_id, tenant_id, email) VALUES
          ('00000000-0000-0000-0000-000000000001', 'acme', 'a@example.com');
        INSERT INTO sessions (user_id, token_sha256, issued_at, expires_at, revoked_at)
        SELECT '00000000-0000-0000-0000-000000000001', sha256(n::text::bytea),
          now() - interval '100 days',
          now() - CASE n % 4 WHEN 0 THEN interval '31 days' WHEN 1 THEN interval '29 days'
            ELSE interval '-1 day' END,
          CASE n % 4 WHEN 2 THEN now() - interval '31 days' WHEN 3 THEN now() - interval '1 day' END
        FROM generate_series(1, 24000) AS n
        """)
      let report = try scene.report(.purgeSessions)
      #expect(report.outcome == .success, "\(report.message)")
      #expect(report.actions == 12_000)
      #expect(
        try scene.database.value(
          "SELECT string_agg(n::text, ' ') FROM (SELECT count(*) AS n FROM sessions"
            + " GROUP BY revoked_at IS NULL) AS t") == "6000 6000")
      let statements = try scene.number(
        "SELECT count(*) FROM maintenance_runs WHERE job = 'purge_sessions' AND outcome = 'success'"
      )
      #expect(statements == 1)
    }
  }

  @Test func runsAreRecordedAndOldOnesForgotten() throws {
    try MaintenanceScene.with(months: []) { scene in
      try scene.database.value(
        """
        SET ROLE app_owner; INSERT INTO maintenance_runs (job, owner, started_at)
        VALUES ('create', 'old:1', now() - interval '91 days'),
          ('create', 'old:1', now() - interval '89 days')
        """)
      let reports = try Maintainer(scene.settings, stop: StopRequest())
        .run(MaintenanceJob.allCases)
      #expect(reports.allSatisfy { $0.outcome == .success }, "\(reports)")
      #expect(
        try scene.database.value(
          "SELECT string_agg(job || ' ' || outcome, ', ' ORDER BY run_id) FROM maintenance_runs")
          == "create running, create success, retain success, close success, "
          + "purge_sessions success, release_held success, report success")
    }
  }

  @Test func bloatIsMeasuredExactlyWhereTheExtensionIs() throws {
    try MaintenanceScene.with(months: [1]) { scene in
      try scene.database.value("CREATE EXTENSION IF NOT EXISTS pgstattuple")
      try scene.database.value(
        """
        GRANT EXECUTE ON FUNCTION pgstattuple_approx(regclass) TO app_owner;
        ALTER TABLE invocations DISABLE TRIGGER USER; DELETE FROM invocations WHERE source_offset <= 200
        """)
      let report = try scene.report(.report)
      #expect(report.message.contains("66.7 % dead rows"), "\(report.message)")
    }
  }
}
