// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Testing

/// What the database itself guarantees about legal holds, whoever writes them.
@Suite struct HoldTests {
  @Test(arguments: TestServer.all)
  func aHoldBySQLIsJournaledAndBecomesAnEvent(_ server: TestServer) throws {
    try HoldScene.with(on: server) { scene in
      try scene.hold("'acme', 'subpoena', 'X-1'", columns: "tenant_id, reason, matter")
      try scene.run("UPDATE legal_holds SET release_reason = 'settled' WHERE hold_id = 1")
      let journal = try scene.run(
        """
        SELECT string_agg(concat_ws(' ', action, by, reason, detail->>'matter'), '; ' ORDER BY id)
        FROM partition_journal WHERE action IN ('hold', 'release')
        """)
      #expect(journal == "hold postgres subpoena X-1; release postgres settled X-1")
      let events = try scene.run(
        """
        SELECT string_agg(concat_ws(' ', tenant_id, action, actor_id, target_type, target_id, reason,
          source_topic, source_offset), '; ' ORDER BY source_offset) FROM audit_logs
        """)
      #expect(
        events == "acme legal_hold.placed postgres legal_hold 1 subpoena daybook.events 0; "
          + "acme legal_hold.released postgres legal_hold 1 settled daybook.events 1")
      #expect(try scene.run("SELECT next_offset FROM ingest_offsets") == "2")
    }
  }

  /// Who and when are not for the caller to say.
  @Test func theTriggerStamps() throws {
    try HoldScene.with { scene in
      try scene.hold(
        "'acme', 'r', 'somebody', '2001-01-01'", columns: "tenant_id, reason, placed_by, placed_at")
      try scene.run(
        """
        UPDATE legal_holds SET release_reason = 'r', released_by = 'somebody',
          released_at = '2001-01-01'
        """)
      #expect(
        try scene.run(
          """
          SELECT concat_ws(' ', placed_by, placed_at > now() - interval '1 hour', released_by,
            released_at > now() - interval '1 hour') FROM legal_holds
          """) == "postgres t postgres t")
    }
  }

  @Test(arguments: [
    ("UPDATE legal_holds SET tenant_id = 'other'", "42501"),
    ("UPDATE legal_holds SET tenant_id = 'other', release_reason = 'r'", "42501"),
    ("UPDATE legal_holds SET release_reason = ' '", "23514"),
    ("UPDATE legal_holds SET reason = 'r'", "42501"),
    ("DELETE FROM legal_holds", "42501"),
    ("TRUNCATE legal_holds", "42501"),
    ("INSERT INTO legal_holds (tenant_id, reason) VALUES ('acme', '  ')", "23514"),
    ("INSERT INTO legal_holds (tenant_id, reason) VALUES ('', 'r')", "23514"),
    ("INSERT INTO legal_holds (table_name, reason) VALUES ('invocation', 'r')", "42P01"),
    ("INSERT INTO legal_holds (table_name, reason) VALUES ('users', 'r')", "42P01"),
    (
      "INSERT INTO legal_holds (reason, held_from, held_to) VALUES ('r', '2026-02-01', '2026-01-01')",
      "23514"
    ),
    ("INSERT INTO legal_holds (reason, released_by) VALUES ('r', 'x')", "23514"),
  ])
  func aHoldChangesOnlyOnceWhenItIsReleased(sql: String, expected: String) throws {
    try HoldScene.with { scene in
      try scene.hold("'acme', 'subpoena'")
      for role in ["app_owner", "postgres"] {
        #expect(try scene.state(of: sql, role: role) == expected, "\(role)")
      }
      let replica = "SET session_replication_role = replica; "
      #expect(try scene.state(of: replica + sql) == expected)
    }
  }

  @Test func aReleasedHoldIsReleasedOnce() throws {
    try HoldScene.with { scene in
      try scene.hold("'acme', 'subpoena'")
      let release = "UPDATE legal_holds SET release_reason = 'settled'"
      #expect(try scene.state(of: release, role: "app_owner") == nil)
      #expect(try scene.state(of: release, role: "app_owner") == "42501")
      #expect(
        try scene.state(of: "UPDATE legal_holds SET release_reason = NULL", role: "app_owner")
          == "23514")
    }
  }

  @Test(arguments: TestServer.all)
  func onlyMaintenanceAsOwnerPlacesOne(_ server: TestServer) throws {
    try HoldScene.with(on: server) { scene in
      let insert = "INSERT INTO legal_holds (tenant_id, reason) VALUES ('acme', 'r')"
      for role in ["app_write", "app_read", "app_audit_read", "app_maintain"] {
        let login = "daybook_test_" + role
        try server.makeLogin(login, memberOf: [role])
        var connection = try scene.database.connect(as: login)
        func state(_ sql: String) -> String? {
          do throws(PostgresError) {
            try connection.execute("BEGIN; \(sql); COMMIT")
            return nil
          } catch {
            _ = try? connection.execute("ROLLBACK")
            return error.sqlState.rawValue
          }
        }
        #expect(state(insert) == "42501", "\(role)")
        #expect(state("SELECT daybook_record_event('a','a','a','a','a','{}')") == "42501")
        let asOwner = state("SET LOCAL ROLE app_owner; " + insert)
        #expect(asOwner == (role == "app_maintain" ? nil : "42501"), "\(role)")
      }
    }
  }

  /// Beside each other, in one database: offsets without hole and without repetition.
  @Test(arguments: TestServer.all)
  func concurrentHoldsMakeATiledStream(_ server: TestServer) async throws {
    try await TestDatabase.with(on: server) { database in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<4 {
          group.addTask {
            var connection = try database.connect()
            for number in 0..<10 {
              try connection.execute(
                "INSERT INTO legal_holds (tenant_id, reason) VALUES ('t\(worker)', 'r\(number)')")
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try database.value("SELECT next_offset FROM ingest_offsets") == "40")
      #expect(
        try database.value(
          """
          SELECT concat_ws(' ', count(*), min(from_offset), max(next_offset), count(*) FILTER (
            WHERE from_offset <> expected)) FROM (
            SELECT from_offset, next_offset, lag(next_offset, 1, 0::bigint)
              OVER (ORDER BY committed_at, from_offset) AS expected FROM ingest_spans) AS s
          """) == "40 0 40 0")
    }
  }
}
