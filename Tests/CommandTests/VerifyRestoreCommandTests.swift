// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Sysexits
import Testing
import daybook

@Suite struct VerifyRestoreCommandTests {
  /// A legal hold is a row of audit_logs with a batch of its own.
  private func addRow(_ scene: CommandScene) throws {
    try scene.database.value("INSERT INTO legal_holds (tenant_id, reason) VALUES ('acme', 'r')")
  }

  private func verify(
    _ scene: CommandScene, _ more: [String] = [], brokers: String? = nil
  ) throws -> (code: ExitCode, output: String) {
    try scene.run(
      ["verify-restore"] + more, brokers.map { ["DAYBOOK_KAFKA_BROKERS": $0] } ?? [:])
  }

  @Test(arguments: TestServer.all)
  func aWholeDatabaseIsProven(_ server: TestServer) throws {
    try CommandScene.with(on: server) { scene in
      try addRow(scene)
      try scene.database.value(
        "INSERT INTO ingest_offsets (cluster_id, topic, partition, next_offset) VALUES ('k', 't', 0, 0)"
      )
      let (code, output) = try verify(scene)
      #expect(code == .success, "\(output)")
      #expect(output.contains("whether the logs have the rest was not asked: set kafka_brokers"))
      #expect(output.contains("archives in the ledger: 0\n"))
      let json = try #require(try scene.json(["verify-restore"]) as? [String: Any])
      #expect(json["good"] as? Bool == true)
      let offsets = try #require(json["offsets"] as? [[String: Any]])
      #expect(offsets.map { $0["topic"] as? String } == ["t"], "own events are not in Kafka")
      #expect(offsets.first?["go_on_from"] as? Int == 0)
      let accounts = (json["audit"] as? [String: Any])?["tables"] as? [[String: Any]]
      #expect(accounts?.first?["rows"] as? Int == 1)
    }
  }

  /// One thing is broken at a time; the sentence names it.
  @Test(arguments: [
    (
      "ALTER TABLE audit_logs DISABLE TRIGGER ALL; DELETE FROM audit_logs",
      "audit_logs: 0 rows, but the ledger says 1 stored"
    ),
    ("DROP FUNCTION daybook_forget_partition CASCADE", "daybook_forget_partition is missing"),
    ("UPDATE daybook_migrations SET checksum = 'x' WHERE version = 3", "was applied from another"),
    ("UPDATE schema_migrations SET version = 999", "at migration 999, of which this release"),
    (
      "DELETE FROM daybook_migrations WHERE version = 10; UPDATE schema_migrations SET version = 9",
      "is not applied: verify the database with the release"
    ),
  ])
  func whatIsBrokenIsNamed(sql: String, sentence: String) throws {
    try CommandScene.with { scene in
      try addRow(scene)
      try scene.database.value(sql)
      let (code, output) = try verify(scene)
      #expect(code == .checkFailed)
      #expect(output.contains(sentence), "\(output)")
    }
  }

  @Test func aHaltIsAQuestionThatIsOpen() throws {
    try CommandScene.with { scene in
      try addRow(scene)
      try scene.database.value(
        """
        INSERT INTO ingest_offsets (cluster_id, topic, partition, next_offset) VALUES ('k', 't', 0, 0);
        SELECT daybook_halt_partition('k', 't', 0, NULL, 'reject_ratio', 'd')
        """)
      let (code, output) = try verify(scene)
      #expect(code == .temporary)
      #expect(output.contains("open: t/0: it is halted (reject_ratio)"), "\(output)")
    }
  }

  @Test func logsThatDoNotFitAndBrokersThatDoNotAnswer() throws {
    let cluster = try MockCluster()
    try cluster.createTopic("calls", partitions: 2)
    try CommandScene.with { scene in
      try scene.database.value(
        """
        INSERT INTO ingest_offsets (cluster_id, topic, partition, next_offset)
        VALUES ('elsewhere', 'calls', 0, 0)
        """)
      let other = try verify(scene, brokers: cluster.brokers)
      #expect(other.code == .temporary, "\(other.output)")
      #expect(other.output.contains("no result: 1 questions are open"))
      let name = try #require(other.output.firstMatch(of: /are cluster ([^,]+), not elsewhere/)).1
      try scene.database.value("UPDATE ingest_offsets SET cluster_id = '\(name)'")
      let good = try verify(scene, brokers: cluster.brokers)
      #expect(good.code == .success && good.output.contains("nothing is lost"), "\(good.output)")
      try scene.database.value("UPDATE ingest_offsets SET next_offset = 7")
      let beyond = try verify(scene, brokers: cluster.brokers)
      #expect(beyond.code == .checkFailed)
      #expect(
        beyond.output.contains("calls/0: it goes on at offset 7, but the log ends at 0: it was cut")
      )
    }
  }

  @Test func itIsComparedWithItsSource() throws {
    try CommandScene.with { scene in
      try addRow(scene)
      try addRow(scene)
      let saved = FileManager.default.temporaryDirectory
        .appendingPathComponent("daybook-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: saved) }
      let text = try scene.run(["audit", "--json"]).output
      func compare(_ text: String) throws -> (code: ExitCode, output: String) {
        try Data(text.utf8).write(to: saved)
        return try verify(scene, ["--against", saved.path])
      }
      let equal = try compare(text)
      #expect(equal.code == .success, "\(equal.output)")
      #expect(equal.output.contains("records of the source to be read again: 0"))

      // A release before items says how many it has seen, and nothing of records.
      let two = "\"records\":2,\"seen\":2,\"stored\":2"
      try #require(text.contains(two))
      let other = try compare(text.replacing(two, with: "\"seen\":2,\"stored\":1"))
      #expect(other.code == .checkFailed)
      #expect(other.output.contains("audit_logs: stored is 2 here, 1 at the source"))
      let less = try compare(text.replacing(two, with: "\"seen\":1,\"stored\":1"))
      #expect(less.code == .checkFailed)
      #expect(less.output.contains("1 more records are accounted for here than at the source"))
      let more = try compare(text.replacing(two, with: "\"seen\":5,\"stored\":1"))
      #expect(more.output.contains("audit_logs: stored is 2 here, 1 at the source"))
      #expect(more.output.contains("3 records of the source are missing, but the logs have only 0"))
      let fewer = try compare(text.replacing("\"records\":2", with: "\"records\":1"))
      #expect(fewer.output.contains("1 more records are accounted for here than at the source"))
      let skipped = try compare(text.replacing("\"skipped\":0", with: "\"skipped\":1"))
      #expect(skipped.output.contains("audit_logs: skipped is 0 here, 1 at the source"))
      let money = try compare(text.replacing("\"costs\":[", with: "\"costs\":[\(Self.euro)"))
      #expect(money.code == .checkFailed && money.output.contains("costs: []"), "\(money.output)")
      #expect(try compare("{\"tables\":[]").code == .data)
      #expect(try verify(scene, ["--against", saved.path + ".none"]).code == .noInput)
    }
  }

  private static let euro = """
    {"currency":"EUR","rows":"1","archived":"0","repriced":"0","daily":"1","monthly":"1",\
    "corrections":"0"}
    """
}
