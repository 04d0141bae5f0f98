// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Sysexits
import Testing
import daybook

@Suite struct StatusCommandTests {
  private func insertOffsets(_ scene: CommandScene, _ cluster: String, _ places: String...) throws {
    for place in places {
      try scene.database.value(
        "INSERT INTO ingest_offsets (cluster_id, topic, partition, next_offset) "
          + "VALUES ('\(cluster)', \(place), 0)")
    }
  }

  private func environment(
    _ scene: CommandScene, _ login: String, memberOf role: String
  ) throws -> [String: String] {
    try scene.database.server.makeLogin(login, memberOf: [role])
    let settings = try scene.database.settings(.direct, ["user": login, "password": "test"])
    return ["DAYBOOK_DATABASE_URL": settings.conninfo]
  }

  private func status(
    _ scene: CommandScene, _ brokers: String
  ) throws -> (report: [String: Any], lines: [String: [String: Any]]) {
    let environment = ["DAYBOOK_KAFKA_BROKERS": brokers]
    let report = try #require(try scene.json(["status"], environment) as? [String: Any])
    let partitions = try #require(report["partitions"] as? [[String: Any]])
    var lines: [String: [String: Any]] = [:]
    for line in partitions {
      lines["\(line["topic"] ?? "")/\(line["partition"] ?? "")"] = line
    }
    return (report, lines)
  }

  /// Each partition's lag stands for itself.
  @Test func aPartitionThatIsGoneHidesOnlyItsOwnLag() throws {
    let cluster = try MockCluster()
    try cluster.createTopic("calls", partitions: 2)
    try cluster.createTopic("others", partitions: 1)
    try CommandScene.with { scene in
      try insertOffsets(scene, "elsewhere", "'others', 0")
      let other = try status(scene, cluster.brokers).lines["others/0"]
      let words = try #require(other?["lag_unknown_because"] as? String).split(separator: " ")
      try #require(words.starts(with: ["these", "brokers", "are", "cluster"]))
      let name = words[4].dropLast()
      try insertOffsets(scene, String(name), "'calls', 0", "'calls', 1", "'calls', 5", "'gone', 0")
      try scene.database.value("INSERT INTO legal_holds (tenant_id, reason) VALUES ('acme', 'r')")
      cluster.setTopicError("gone", MockCluster.unknownTopic)
      let (report, lines) = try status(scene, cluster.brokers)
      #expect(lines.count == 5, "own events are no Kafka partition")
      #expect(lines["calls/0"]?["lag"] as? Int == 0)
      #expect(lines["calls/1"]?["lag"] as? Int == 0)
      #expect(
        lines["calls/5"]?["lag_unknown_because"] as? String
          == "the topic has 2 partitions at the brokers")
      #expect((lines["gone/0"]?["lag_unknown_because"] as? String)?.isEmpty == false)
      #expect(report["lag"] is NSNull)
      let maintenance = report["maintenance"] as? [String: Any]
      #expect(maintenance?["active_holds"] as? Int == 1)
      #expect(report["last_commit"] as? String == nil)
    }
  }

  @Test func brokersThatAreAwayAreSaidOnce() throws {
    try CommandScene.with { scene in
      try insertOffsets(scene, "k", "'a', 0", "'b', 0", "'c', 0", "'d', 0")
      let start = ContinuousClock.now
      let result = try scene.run(["status"], ["DAYBOOK_KAFKA_BROKERS": "127.0.0.1:1"])
      #expect(ContinuousClock.now - start < .seconds(15))
      #expect(result.code == .success)
      #expect(result.output.contains("lag of a/0, b/0, c/0, d/0 is not known: "))
      #expect(result.output.contains("maintenance has not run yet"))
    }
  }

  @Test func maintenanceIsShown() throws {
    try CommandScene.with { scene in
      let partition = try scene.database.makePartition(of: "invocations", monthsAgo: 20)
      try scene.database.retire(partition, of: "invocations", upTo: .revoked)
      try scene.database.value(
        """
        UPDATE partition_retirements SET attempts = 2, last_error = 'disk full';
        INSERT INTO maintenance_runs (job, owner, started_at, finished_at, outcome, message) VALUES
          ('retain', 'h:1', '2026-11-01Z', '2026-11-01T00:01Z', 'success', 'fine'),
          ('retain', 'h:1', '2026-11-02Z', '2026-11-02T00:01Z', 'failure', 'disk full')
        """)
      let text = try scene.run(["status"]).output
      #expect(text.contains("leaving: \(partition) of invocations, revoked since "))
      #expect(text.contains("; 2 failed attempts, the last: disk full\n"))
      #expect(text.contains("active legal holds: 0\n"))
      #expect(text.contains("retain  2026-11-01T00:01:00.000000Z  failure   disk full"))
    }
  }

  /// The newest names first, those of earlier days not at all, no more than a screen of them.
  @Test(arguments: ["app_read", "app_maintain", "app_audit_read"])
  func renamedAttributesAreShown(role: String) throws {
    try CommandScene.with { scene in
      #expect(try !scene.run(["status"]).output.contains("fields that nobody reads"))
      try scene.database.value(
        """
        INSERT INTO unknown_field_days (topic, table_name, field, day, records)
        SELECT t.topic, 'invocations', t.field, (now() AT TIME ZONE 'UTC')::date - t.ago, t.records FROM (VALUES
          ('calls', 'usage.new_tokens', 0, 7), ('calls', 'usage.new_tokens', 1, 5),
          ('spans', 'gen_ai.usage.old', 6, 3), ('spans', 'long_gone_cost', 7, 9)) AS t(topic, field, ago, records);
        """)
      let login = "daybook_test_status_\(role)"
      let environment = try self.environment(scene, login, memberOf: role)
      let text = try scene.run(["status"], environment).output
      #expect(text.contains("fields that nobody reads, of the last 7 days:\n"))
      #expect(!text.contains("long_gone_cost") && !text.contains(" more: "))
      let report = try #require(try scene.json(["status"], environment) as? [String: Any])
      let unread = try #require(report["unread_fields"] as? [String: Any])
      let fields = try #require(unread["fields"] as? [[String: Any]])
      #expect(
        fields.compactMap { $0["field"] as? String } == ["usage.new_tokens", "gen_ai.usage.old"])
      #expect(fields.compactMap { $0["records"] as? Int } == [12, 3])
      #expect(fields.allSatisfy { $0["table"] as? String == "invocations" && $0["topic"] != nil })
      #expect(unread["more"] as? Int == 0 && unread["days"] as? Int == 7)
      try scene.database.value(
        """
        INSERT INTO unknown_field_days (topic, table_name, field, day, records)
        SELECT 'many', 'invocations', 'usage.' || n, (now() AT TIME ZONE 'UTC')::date, n FROM generate_series(1, 30) AS n
        """)
      #expect(
        try scene.run(["status"], environment).output
          .contains("12 more: daybook rejects unknown-fields --by-day\n"))
    }
  }

  /// A server that was not migrated yet: what is known is said all the same.
  @Test func aLoginThatMayNotKnowIsToldSo() throws {
    try CommandScene.with { scene in
      try scene.database.value("REVOKE SELECT ON unknown_field_days FROM app_read")
      let environment = try self.environment(
        scene, "daybook_test_status_less", memberOf: "app_read")
      let result = try scene.run(["status"], environment)
      #expect(result.code == .success)
      #expect(result.output.contains("fields that nobody reads: not for this login to know"))
      let report = try scene.json(["status"], environment) as? [String: Any]
      #expect(report?["unread_fields"] is NSNull)
    }
  }

  @Test func nobodyDecidesOnOwnEvents() throws {
    try CommandScene.with { scene in
      try scene.database.value("INSERT INTO legal_holds (tenant_id, reason) VALUES ('acme', 'r')")
      #expect(try !scene.run(["offsets", "list"]).output.contains("daybook.events"))
      for action in [["resume"], ["set", "--to", "0"]] {
        let result = try scene.run(
          ["offsets"] + action
            + ["--topic", "daybook.events", "--partition", "0", "--reason", "r", "--yes"])
        #expect(result.code == .usage)
        #expect(result.output.contains("Daybook's own stream of events"))
      }
    }
  }
}
