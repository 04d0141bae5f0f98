// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Generator
import Testing

extension EndToEnd {
  /// Without a fault from outside: what is in the records.
  @Suite struct ContentTests {
    @Test func severalTopicsOfEachStream() throws {
      try Scenario.run(topicsPerStream: 3, partitions: 2) { scenario in
        try scenario.load.send(10_000)
        try scenario.load.queueMissingBadKinds()
        try scenario.load.send(10_000)
        #expect(scenario.load.summary.bad.count == BadKind.allCases.count)
        let processes = [try scenario.ingest("--until-end"), try scenario.ingest("--until-end")]
        for process in processes {
          #expect(process.wait() == .exit(0), "\(process.lastLines)")
        }
        try scenario.expectSums()
      }
    }

    /// Only the database refuses these, and in the end only these.
    @Test func poison() throws {
      try Scenario.run { scenario in
        try scenario.database.value(
          """
          ALTER TABLE invocations ADD CONSTRAINT no_poison CHECK (request_model <> 'poison')
          """)
        let topic = try #require(scenario.topics[.invocations]?.first)
        for _ in 0..<4 {
          try scenario.load.send(2_000)
          try scenario.load.queue(invocation(model: "poison"), to: topic)
        }
        try scenario.load.finish()
        try scenario.ingestRest()
        try scenario.expectSums(alsoRejected: ["database_refused": 4])
        #expect(
          try scenario.number(
            """
            SELECT count(*) FROM rejected_records
            WHERE reason = 'database_refused' AND message LIKE '%SQLSTATE 23514%'
              AND convert_from(payload, 'UTF8') LIKE '%poison%'
            """) == 4)
      }
    }

    /// A topic of something else is stopped before it drains into the rejected records.
    @Test func wrongTopicIsHalted() throws {
      try Scenario.run(partitions: 1) { scenario in
        let topic = try #require(scenario.topics[.auditLogs]?.first)
        for _ in 0..<20 {
          try scenario.load.send(200)
          for _ in 0..<250 { try scenario.load.queue("not for us", to: topic) }
        }
        try scenario.load.finish()
        let process = try scenario.ingest("--until-end")
        #expect(process.wait() == .exit(1), "\(process.lastLines)")
        #expect(process.output.contains("reject_ratio"))
        #expect(
          try scenario.number(
            """
            SELECT count(*) FROM ingest_offsets WHERE state = 'halted' AND topic = '\(topic)'
            """) == 1)
        #expect(
          try scenario.number(
            "SELECT count(*) FROM rejected_records WHERE reason = 'not_json'") < 2_500)
        let audit = try scenario.daybook(["audit"])
        #expect(audit.wait() == .exit(0), "\(audit.output)")
      }
    }

    private func invocation(model: String) -> String {
      """
      {"invocation_id":"\(UUID().uuidString)","occurred_at":"\(Self.now)","tenant_id":"acme",\
      "provider":"anthropic","request_model":"\(model)","input_tokens":1,"output_tokens":2}
      """
    }

    private static let now = ISO8601DateFormatter().string(from: Date())
  }
}
