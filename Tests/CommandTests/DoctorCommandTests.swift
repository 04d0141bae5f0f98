// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Kafka
import Postgres
import Sysexits
import Testing
import daybook

/// What only real servers answer; a whole site is looked at by `ops/doctor-check`.
@Suite struct DoctorCommandTests {
  private static let environment = ProcessInfo.processInfo.environment
  /// noida-db answers questions for settings with other names.
  private static let isKafka = environment["DAYBOOK_TEST_KAFKA_KIND"] == "kafka"

  private func doctor(
    _ scene: CommandScene, _ arguments: [String] = [], _ environment: [String: String]
  ) throws -> [[String: Any]] {
    let report = try scene.json(["doctor"] + arguments, environment) as? [String: Any]
    return try #require(report?["findings"] as? [[String: Any]])
  }

  @Test(.enabled(if: isKafka))
  func topicsThatLoseRecordsAreFoundAtTheBroker() throws {
    let brokers = try #require(Self.environment["DAYBOOK_TEST_KAFKA_BROKERS"])
    let admin = try Admin(settings: ClientSettings(brokers: brokers))
    let prefix = "doctor-\(UUID().uuidString.prefix(8))"
    let topics = [
      "good": [("retention.ms", "604800000")],
      "short": [("retention.ms", "3600000")],
      "small": [("retention.bytes", "1000000")],
      "compacted": [("cleanup.policy", "compact")],
      "unclean": [("unclean.leader.election.enable", "true")],
    ]
    for (name, config) in topics {
      try admin.createTopic("\(prefix)-\(name)", partitions: 2, config: config)
    }
    defer { for name in topics.keys { try? admin.deleteTopic("\(prefix)-\(name)") } }
    try CommandScene.with { scene in
      let read = (topics.keys + ["missing"]).flatMap { ["--topic", "\(prefix)-\($0)=invocations"] }
      let findings = try doctor(
        scene, read + ["--accept", "kafka.replication.factor"],
        ["DAYBOOK_KAFKA_BROKERS": brokers, "DAYBOOK_WORKERS": "3"])
      #expect(!findings.contains { $0["check"] as? String == "reach" }, "\(findings)")
      let seen = findings.compactMap { finding -> String? in
        guard let check = finding["check"] as? String, check.hasPrefix("kafka."),
          let what = finding["what"] as? String
        else { return nil }
        return check + " " + what.replacing("topic \(prefix)-", with: "")
      }
      #expect(
        Set(seen) == [
          "kafka.topic missing does not exist, or may not be seen",
          "kafka.retention.ms short: retention.ms = 3600000 (1 h)",
          "kafka.retention.bytes small: retention.bytes = 1000000",
          "kafka.cleanup.policy compacted: cleanup.policy = compact",
          "kafka.unclean.leader.election.enable unclean: unclean.leader.election.enable = true",
          "kafka.workers 3 workers, and no topic has more than 2 partitions",
        ])
      let accepted = try scene.json(
        ["doctor"] + read + ["--accept", "kafka.replication.factor"],
        ["DAYBOOK_KAFKA_BROKERS": brokers])
      #expect((accepted as? [String: Any])?["accepted"] as? Int == topics.count)
    }
  }

  /// One server that is away hides nothing of the others, and no password is shown.
  @Test func whatCannotBeReachedIsAFinding() throws {
    try CommandScene.with { scene in
      let result = try scene.run(
        ["doctor"],
        [
          "DAYBOOK_KAFKA_BROKERS": "127.0.0.1:1",
          "DAYBOOK_REPLICA_DATABASE_URL": "postgresql://nobody:geheim@127.0.0.1:1/none",
        ])
      #expect(result.code == .checkFailed)
      #expect(result.output.contains("problem: replica_database_url: "))
      #expect(result.output.contains("problem: kafka_brokers: "))
      #expect(result.output.contains("[postgres.fsync]"), "the test servers do without")
      #expect(result.output.contains("not looked at: PgBouncer, "))
      #expect(!result.output.contains("geheim"))
    }
  }

  /// Its own settings are not the server's, and its own sessions are not all that there are.
  @Test(arguments: TestServer.all)
  func aLoginWithFewRightsLooksAtTheServer(_ server: TestServer) throws {
    try CommandScene.with(on: server) { scene in
      let login = "daybook_test_doctor"
      try server.makeLogin(login, memberOf: ["app_read"])
      try scene.database.value(
        "ALTER ROLE \(login) IN DATABASE \(scene.database.name) SET jit = on")
      let settings = try scene.database.settings(.direct, ["user": login, "password": "test"])
      let environment = ["DAYBOOK_ADMIN_DATABASE_URL": settings.conninfo]
      let report = try scene.json(["doctor"], environment) as? [String: Any]
      let findings = try #require(report?["findings"] as? [[String: Any]])
      #expect(findings.contains { $0["check"] as? String == "postgres.fsync" })
      #expect(!findings.contains { $0["check"] as? String == "postgres.jit" })
      let skipped = try #require(report?["not_looked_at"] as? [[String: Any]])
      #expect(skipped.contains { $0["subject"] as? String == "jit" })
      var other = try scene.database.connect()
      let capacity = try scene.json(["capacity"], environment) as? [String: Any]
      #expect(try #require(capacity?["connections"] as? Int) > 1)
      try other.execute("SELECT 1")
    }
  }

  /// As in PostgreSQL 16 whoever made the groups: it belongs to them, and has none of their rights.
  @Test(arguments: TestServer.all)
  func onlyLoginsWithTheRightsOfAGroupNeedALimit(_ server: TestServer) throws {
    try CommandScene.with(on: server) { scene in
      try server.makeLogin("daybook_test_unlimited", memberOf: ["app_read"])
      try server.makeLogin("daybook_test_maker", memberOf: ["app_read"], "NOINHERIT")
      let named = try doctor(scene, [], [:]).filter {
        $0["check"] as? String == "catalogue.connection_limit"
      }.compactMap { $0["what"] as? String }
      #expect(named.contains("login daybook_test_unlimited has no connection limit"))
      #expect(!named.contains { $0.contains("daybook_test_maker") })
    }
  }

  /// The check of the schema, which ingest makes, sees it too.
  @Test func anotherEncodingIsNamedOnce() throws {
    try TestDatabase.with(.empty) { database in
      try database.remake(encoding: "SQL_ASCII")
      let findings = try doctor(CommandScene(database: database), [], [:])
      let naming = findings.filter { ($0["what"] as? String)?.contains("SQL_ASCII") == true }
      #expect(naming.compactMap { $0["check"] as? String } == ["postgres.encoding"])
      #expect(findings.contains { $0["check"] as? String == "schema.version" })
    }
  }

  @Test func anUnknownCheckCannotBeAccepted() throws {
    try CommandScene.with { scene in
      let result = try scene.run(["doctor", "--accept", "postgres.fsnc"])
      #expect(result.code == .usage && result.output.contains("postgres.fsync"))
    }
  }

  @Test func contradictingSettingsAreAFinding() throws {
    try CommandScene.with { scene in
      let findings = try doctor(
        scene, ["-X", "session.timeout.ms=6000", "-X", "heartbeat.interval.ms=5000"],
        ["DAYBOOK_KAFKA_BROKERS": "127.0.0.1:1"])
      #expect(findings.contains { $0["check"] as? String == "settings.contradiction" })
    }
  }
}
