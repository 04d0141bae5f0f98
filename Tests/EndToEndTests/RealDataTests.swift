// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Generator
import Postgres
import Testing

extension EndToEnd {
  @Suite(.enabled(if: Stack.realData != nil, "no real records beside the clone"))
  struct RealDataTests {
    /// CloudTrail records and an LLM trace, with kills on the way, compared with their source
    /// files.
    @Test func everySumEqualsTheSource() throws {
      let source = try #require(Stack.realData)
      try Scenario.run { scenario in
        let mapped = scenario.directory.path
        try Stack.script("ops/real-data", ["--map-only", mapped, source.path])
        try makeMonths(scenario)
        try produce("audit_logs", to: scenario.topics[.auditLogs], scenario)
        try produce("invocations", to: scenario.topics[.invocations], scenario)
        for point in ["copy.mid:kill:2", "commit.sent:kill:2"] {
          let victim = try scenario.ingest(fault: point)
          #expect(victim.wait() == .signal(SIGKILL), "\(victim.lastLines)")
        }
        try scenario.ingestRest()
        try Stack.script(
          "ops/real-data-check", [source.path],
          ["DAYBOOK_ADMIN_DATABASE_URL": try scenario.database.settings().conninfo])
        let audit = try scenario.daybook(["audit"])
        #expect(audit.wait() == .exit(0), "\(audit.output)")
      }
    }

    /// The records are older than the policy allows.
    private func makeMonths(_ scenario: Scenario) throws {
      try scenario.database.value("UPDATE partition_policies SET retention_months = 120")
      for (table, first, last) in [
        ("audit_logs", "2024-07", "2024-11"), ("invocations", "2023-11", "2023-11"),
      ] {
        let ensure = try scenario.daybook([
          "partitions", "ensure", "--table", table, "--from", first, "--to", last,
        ])
        #expect(ensure.wait() == .exit(0), "\(ensure.output)")
      }
    }

    private func produce(_ table: String, to topics: [String]?, _ scenario: Scenario) throws {
      let topic = try #require(topics?.first)
      let file = scenario.directory.appendingPathComponent("\(table).ndjson").path
      let producer = try scenario.daybook(["produce", "--topic", topic, file])
      #expect(producer.wait() == .exit(0), "\(producer.output)")
    }
  }
}
