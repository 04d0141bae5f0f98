// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Sysexits
import Testing
import Upkeep

@testable import daybook

@Suite struct HoldCommandTests {
  /// An expired month of invocations with these tenants, one row each.
  private func addRows(_ scene: CommandScene, _ tenants: [String]) throws -> String {
    let partition = try scene.database.makePartition(of: "invocations", monthsAgo: 20)
    for tenant in tenants {
      try scene.database.value(
        """
        INSERT INTO invocations (invocation_id, occurred_at, tenant_id, provider, operation,
          request_model, service_tier, cost_source, status, content_sha256, ingested_at,
          source_topic, source_partition, source_offset)
        SELECT gen_random_uuid(), lower::timestamptz, '\(tenant)', 'p', 'chat', 'm', 'standard',
          'none', 'success', '', now(), 't', 0, 0
        FROM to_char(now() - interval '20 months', 'YYYY-MM-02') AS lower
        """)
    }
    return partition
  }

  @Test(arguments: TestServer.all)
  func addListRelease(_ server: TestServer) throws {
    try CommandScene.with(on: server) { scene in
      let partition = try addRows(scene, ["acme", "acme", "other"])
      let added = try scene.run(
        ["hold", "add", "--tenant", "acme", "--table", "invocations", "--to", "2026-06"]
          + ["--reason", "subpoena", "--matter", "26-cv-117"])
      #expect(added.code == .success)
      #expect(added.output.hasPrefix("hold 1 is placed on tenant acme, table invocations, before "))
      #expect(added.output.contains("invocations  in the table           1  2\n"))

      let listed = try scene.run(["hold", "list"]).output
      #expect(listed.contains("active"))
      #expect(listed.contains("26-cv-117  subpoena  postgres"))
      #expect(listed.contains("1 partitions, 0 leaving, 0 dropped"))
      let holds = try #require(try scene.json(["hold", "list"]) as? [[String: Any]])
      #expect(holds.first?["partitions"] as? [String] == [partition])
      #expect(holds.first?["to"] as? String == "2026-06-01T00:00:00.000000Z")

      let dry = try scene.run(["hold", "release", "1", "--reason", "it's over", "--dry-run"])
      #expect(dry.output.contains("SET LOCAL ROLE app_owner;"))
      #expect(dry.output.contains("'it''s over'"))
      #expect(try scene.run(["hold", "release", "1", "--reason", " "]).code == .usage)
      #expect(try scene.run(["hold", "release", "2", "--reason", "r"]).code == .noInput)
      #expect(try scene.run(["hold", "release", "x", "--reason", "r"]).code == .usage)
      #expect(try scene.run(["hold", "release", "1", "--reason", "it's over"]).code == .success)
      let again = try scene.run(["hold", "release", "1", "--reason", "r"])
      #expect(again.code == .usage && again.output.contains("was released at"))
      let active = try #require(try scene.json(["hold", "list"]) as? [[String: Any]])
      #expect(active.isEmpty)
      #expect(try scene.run(["hold", "list", "--all"]).output.contains("by postgres: it's over"))
    }
  }

  /// What was counted is said, whatever else is not known.
  @Test(
    arguments: [
      ([.counted(2), .counted(3)], "5"), ([], "0"),
      ([.counted(2), .moreThan(1000)], "more than 1002"),
      ([.atMost(7), .counted(2)], "at most about 9 (estimated, not counted)"),
      ([.moreThan(1000), .atMost(7), .counted(2)], "more than 1002"),
      ([.unknown, .moreThan(1000)], "more than 1000"),
      ([.unknown, .atMost(7), .counted(2)], "at least 2"),
      ([.unknown, .atMost(7)], "not known (never analyzed)"),
    ] as [([HoldCoverage.Rows], String)])
  func aSumSaysWhatWasCounted(parts: [HoldCoverage.Rows], words: String) {
    #expect(HoldReport.words(parts) == words)
  }

  @Test func whatIsNotLimitedMustBeSaid() throws {
    try CommandScene.with { scene in
      let why = ["--reason", "r"]
      for arguments in [
        [], ["--everything", "--tenant", "acme"], ["--tenant", ""],
        ["--from", "2026-02", "--to", "2026-02"], ["--table", "invocation"], ["--table", "users"],
      ] {
        #expect(try scene.run(["hold", "add"] + arguments + why).code == .usage, "\(arguments)")
      }
      #expect(try scene.run(["hold", "add", "--tenant", "acme"]).code == .usage)
      let hint = try scene.run(["hold", "add", "--table", "invocation"] + why).output
      #expect(hint.contains("(did you mean invocations?)"))
      #expect(try scene.database.value("SELECT count(*) FROM legal_holds") == "0")
      let all = try scene.run(["hold", "add", "--everything"] + why)
      #expect(all.code == .success && all.output.hasPrefix("hold 1 is placed on everything"))
    }
  }

  @Test func aDryRunChangesNothing() throws {
    try CommandScene.with { scene in
      let dry = try scene.run(
        ["hold", "add", "--tenant", "O'Brien", "--reason", "r", "--dry-run"])
      #expect(dry.code == .success)
      #expect(
        dry.output == """
          BEGIN ISOLATION LEVEL READ COMMITTED;
          SET LOCAL ROLE app_owner;
          SET LOCAL lock_timeout = '30s';
          INSERT INTO "public"."legal_holds" (tenant_id, reason)
          VALUES ('O''Brien', 'r') RETURNING hold_id;
          COMMIT;

          """)
      #expect(try scene.database.value("SELECT count(*) FROM legal_holds") == "0")
    }
  }

  /// What left before is named with its archive; what is leaving and what was carved is covered.
  @Test(arguments: TestServer.all)
  func monthsThatAreGoneAreNamed(_ server: TestServer) throws {
    try CommandScene.with(on: server) { scene in
      let gone = try addRows(scene, ["acme", "other"])
      try scene.database.value(
        """
        UPDATE partition_policies SET held_rows = 'carve';
        INSERT INTO legal_holds (tenant_id, reason) VALUES ('acme', 'first')
        """)
      try scene.database.retire(gone, of: "invocations")
      let leaving = try scene.database.makePartition(of: "invocations", monthsAgo: 19)
      try scene.database.retire(leaving, of: "invocations", upTo: .revoked)
      let added = try scene.run(["hold", "add", "--tenant", "acme", "--reason", "second"])
      #expect(added.code == .success)
      #expect(added.output.contains("invocations       leaving (revoked)"))
      #expect(
        added.output.contains("invocations       held rows of dropped partitions           1  1\n"))
      #expect(added.output.contains("not covered: \(gone) ("))
      #expect(
        added.output.contains(
          "with 2 rows, 1 of them kept in invocations_held; bring it back with daybook archive "
            + "restore /archive/\(gone).manifest.json"))
      let holds = try #require(try scene.json(["hold", "list"]) as? [[String: Any]])
      #expect(holds.last?["leaving"] as? [String] == [leaving])
      #expect(holds.last?["dropped"] as? [String] == [gone])
    }
  }

  /// A tenant is counted by the index, what is too large is estimated, and the words say which.
  @Test func countsSayWhatTheyAre() throws {
    try CommandScene.with { scene in
      let partition = try addRows(scene, ["acme"])
      try scene.database.value(
        """
        ALTER TABLE \(partition) SET (autovacuum_enabled = off);
        INSERT INTO invocations SELECT copy.* FROM invocations i, generate_series(1, 6000) AS n,
          jsonb_populate_record(i, jsonb_build_object('invocation_id', gen_random_uuid(), 'metadata',
            jsonb_build_object('x', repeat(md5(n::text), 50)))) AS copy
        """)
      let month = ["--table", "invocations", "--to", "2026-01", "--reason", "r"]
      #expect(try scene.run(["hold", "add"] + month).output.contains("not known (never analyzed)"))
      try scene.database.value("ANALYZE \(partition)")
      #expect(try scene.run(["hold", "add"] + month).output.contains("at most about 6001 "))
      let tenant = try scene.run(["hold", "add", "--tenant", "acme"] + month).output
      #expect(tenant.contains("  1  6001\n"))
    }
  }

  @Test func aLoginOfMaintenanceMayAndAReaderMayNot() throws {
    try CommandScene.with { scene in
      for (role, expected) in [("app_maintain", ExitCode.success), ("app_read", .noPermission)] {
        let login = "daybook_test_" + role
        try scene.database.server.makeLogin(login, memberOf: [role])
        let url = try scene.database.settings(.direct, ["user": login, "password": "test"]).conninfo
        let result = try scene.run(
          ["hold", "add", "--tenant", "acme", "--reason", "r"],
          ["DAYBOOK_ADMIN_DATABASE_URL": url])
        #expect(result.code == expected, "\(result.output)")
      }
      for role in ["app_read", "app_audit_read"] {
        let login = "daybook_test_" + role
        try scene.database.server.makeLogin(login, memberOf: [role])
        let url = try scene.database.settings(.direct, ["user": login, "password": "test"]).conninfo
        let listed = try scene.run(["hold", "list"], ["DAYBOOK_DATABASE_URL": url])
        #expect(listed.code == .success && listed.output.contains("tenant acme"))
        let status = try scene.run(["status"], ["DAYBOOK_DATABASE_URL": url])
        #expect(status.code == .success && status.output.contains("active legal holds: 1\n"))
      }
      #expect(
        try scene.database.value("SELECT string_agg(placed_by, ',') FROM legal_holds")
          == "daybook_test_app_maintain")
    }
  }
}
