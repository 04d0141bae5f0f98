// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Testing

extension EndToEnd {
  /// The servers go away and come back while records arrive; the process must not.
  @Suite struct RestartTests {
    @Test func poolerIsRestartedAndKilled() throws {
      try survive { scenario, process in
        try Stack.servers("restart", "pooler-transaction")
        try scenario.expectProgress(of: 2_000, process)
        try Stack.servers("kill", "pooler-transaction")
        try Stack.servers("start", "pooler-transaction")
      }
    }

    @Test func postgresIsRestartedFastAndImmediateAndKilled() throws {
      try survive { scenario, process in
        try Stack.servers("restart", "postgres15")
        try scenario.expectProgress(of: 2_000, process)
        // SIGQUIT is the immediate shutdown.
        try Stack.signal("postgres15", SIGQUIT)
        try Stack.servers("kill", "postgres15")
        try Stack.servers("start", "postgres15")
        try scenario.expectProgress(of: 2_000, process)
        try Stack.servers("kill", "postgres15")
        try Stack.servers("start", "postgres15")
      }
    }

    /// The reasons of the rejected records show afterwards that an outage refuses nothing.
    @Test func postgresIsAwayForTwentySeconds() throws {
      try survive { _, process in
        try Stack.servers("stop", "postgres15")
        #expect(holds(seconds: 20) { process.isRunning }, "\(process.lastLines)")
        try Stack.servers("start", "postgres15")
      }
    }

    /// The pooler keeps silent while nobody listens behind it, and answers in the server's place
    /// when that refuses logins, as it does while it starts.
    @Test(arguments: [true, false])
    func aStartWhilePostgresIsAwayIsNoFailure(isSilent: Bool) throws {
      try Scenario.run { scenario in
        try scenario.load.send(2_000)
        let limit = "ALTER DATABASE \(scenario.database.name) CONNECTION LIMIT"
        if isSilent {
          try Stack.servers("stop", "postgres15")
        } else {
          try scenario.database.value("\(limit) 0")
        }
        let process = try scenario.ingest()
        if isSilent {
          #expect(holds(seconds: 3) { process.isRunning }, "\(process.lastLines)")
          try Stack.servers("start", "postgres15")
        } else {
          #expect(
            eventually(seconds: 10) { process.output.contains("the database is away") },
            "\(process.lastLines)")
          try scenario.database.value("\(limit) -1")
        }
        try scenario.load.finish()
        try scenario.expectAllSeen(process)
        scenario.expectOrderlyStop(process)
        try scenario.expectSums()
      }
    }

    @Test(.enabled(if: Stack.isKafka, "noida-db comes back with fewer partitions at first"))
    func brokerIsRestarted() throws {
      try survive { _, _ in try Stack.servers("restart", Stack.broker) }
    }

    @Test(.enabled(if: Stack.isKafka, "noida-db loses what it has not saved when it is killed"))
    func brokerIsKilled() throws {
      try survive { _, _ in
        try Stack.servers("kill", Stack.broker)
        try Stack.servers("start", Stack.broker)
      }
    }

    /// The answer to a commit is lost with the pooler; the database knows what became of it.
    @Test func commitWithoutAnAnswerIsLookedUp() throws {
      try Scenario.run { scenario in
        try scenario.load.send(12_000)
        // Rollups come last: the commit waits in the server for as long as this test holds the
        // table.
        var holder = try scenario.database.connect()
        try holder.execute("BEGIN; LOCK TABLE costs_daily")
        let process = try scenario.ingest()
        let isSent = try eventually(seconds: 30) {
          try scenario.number(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE wait_event_type = 'Lock' AND query LIKE '%daybook_apply_batch%'
            """) > 0
        }
        #expect(isSent, "\(process.lastLines)")
        try Stack.servers("kill", "pooler-transaction")
        try holder.execute("COMMIT")
        try Stack.servers("start", "pooler-transaction")
        let isCommitted = eventually(seconds: 20) {
          process.output.split(separator: "\n").contains { line in
            line.contains("looked up") && line.contains("\"outcome\":\"committed\"")
          }
        }
        #expect(isCommitted, "\(process.lastLines)")
        try scenario.expectAllSeen(process)
        scenario.expectOrderlyStop(process)
        try scenario.expectSums()
      }
    }

    /// The same process works before and after `fault`.
    private func survive(_ fault: (Scenario, Child) throws -> Void) throws {
      try Scenario.run { scenario in
        let process = try scenario.ingest()
        try scenario.load.keepSending(perSecond: 2_000) {
          try scenario.expectProgress(of: 2_000, process)
          try fault(scenario, process)
          try scenario.expectProgress(of: 2_000, process)
        }
        try scenario.load.finish()
        try scenario.expectAllSeen(process)
        #expect(process.output.contains("\"level\":\"warn\""), "it has not noticed")
        scenario.expectOrderlyStop(process)
        try scenario.expectSums()
      }
    }
  }
}
