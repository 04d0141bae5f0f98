// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Testing

extension EndToEnd {
  /// What systemd hears of a service with `Type=notify`.
  @Suite struct ServiceTests {
    @Test func aServiceIsReadyAliveAndStopping() throws {
      try Scenario.run { scenario in
        let listener = NotifyListener()
        let process = try scenario.ingest(for: listener)
        #expect(eventually(seconds: 30) { listener.count(of: "READY=1") == 1 })
        try scenario.load.send(1_000)
        try scenario.expectAllSeen(process)
        let isTold = eventually(seconds: 30) {
          listener.messages.contains("STATUS=8 partitions, lag 0 records")
        }
        #expect(isTold, "\(listener.messages)")
        #expect(listener.count(of: "WATCHDOG=1") > 2)
        #expect(listener.count(of: "STOPPING=1") == 0)
        scenario.expectOrderlyStop(process)
        #expect(listener.count(of: "STOPPING=1") == 1)
        #expect(listener.count(of: "READY=1") == 1)
      }
    }

    /// The watchdog must not end a process that waits for its database.
    @Test func anOutageIsToldAndLeavesTheWatchdogAlone() throws {
      try Scenario.run { scenario in
        let listener = NotifyListener()
        let process = try scenario.ingest(for: listener)
        try scenario.load.send(100)
        try scenario.expectAllSeen(process)
        // Both workers have their partitions: nothing else will make the process not ready.
        let isSettled = eventually(seconds: 30) {
          listener.messages.contains { $0.hasPrefix("STATUS=8 partitions") }
        }
        #expect(isSettled, "\(listener.messages)")
        try Stack.signal("pooler-transaction", SIGSTOP)
        defer { #expect(throws: Never.self) { try Stack.signal("pooler-transaction", SIGCONT) } }
        try scenario.load.send(30_000)
        let isTold = eventually(seconds: 60) {
          listener.messages.contains { $0.hasPrefix("STATUS=not ready: postgres-worker-") }
        }
        #expect(isTold, "\(listener.messages.filter { $0.hasPrefix("STATUS") })")
        let beats = listener.count(of: "WATCHDOG=1")
        #expect(eventually(seconds: 10) { listener.count(of: "WATCHDOG=1") > beats + 5 })
        let isAgeing = eventually(seconds: 60) {
          HealthPage.samples("daybook_consumer_lag_seconds{", of: process).contains { $0 > 15 }
        }
        #expect(isAgeing, "\(HealthPage("/metrics", of: process)?.body ?? "")")
        try Stack.signal("pooler-transaction", SIGCONT)
        try scenario.expectAllSeen(process)
        let isFresh = eventually(seconds: 30) {
          HealthPage.samples("daybook_consumer_lag_seconds{", of: process).allSatisfy { $0 == 0 }
        }
        #expect(isFresh)
        expectWaits(of: process)
        scenario.expectOrderlyStop(process)
        try scenario.expectSums()
      }
    }

    /// Both workers have waited for everything, and counted what they did.
    private func expectWaits(of process: Child) {
      for cause in ["kafka", "writer", "database"] {
        let series = "daybook_worker_wait_seconds_total{worker=\"1\",for=\"\(cause)\"}"
        let hasWaited = eventually(seconds: 30) {
          HealthPage.samples(series, of: process).contains { $0 > 1 }
        }
        #expect(hasWaited, "\(cause)")
      }
      for (series, least) in [
        ("daybook_claims_total{outcome=\"claimed\"}", 2.0), ("daybook_batch_age_seconds_count", 2),
        ("daybook_session_restarts_total", 0),
      ] {
        #expect(HealthPage.samples(series, of: process).contains { $0 >= least }, "\(series)")
      }
    }
  }
}

extension Scenario {
  /// As systemd starts it, with a watchdog of 0.4 s.
  fileprivate func ingest(for listener: NotifyListener) throws -> Child {
    try ingest(
      "--metrics-listen", ":0",
      environment: ["NOTIFY_SOCKET": listener.address, "WATCHDOG_USEC": "400000"])
  }
}
