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
        try Stack.signal("pooler-transaction", SIGSTOP)
        defer { #expect(throws: Never.self) { try Stack.signal("pooler-transaction", SIGCONT) } }
        try scenario.load.send(30_000)
        let isTold = eventually(seconds: 60) {
          listener.messages.contains { $0.hasPrefix("STATUS=not ready: postgres-worker-") }
        }
        #expect(isTold, "\(listener.messages.suffix(5))")
        let beats = listener.count(of: "WATCHDOG=1")
        #expect(eventually(seconds: 10) { listener.count(of: "WATCHDOG=1") > beats + 5 })
        try Stack.signal("pooler-transaction", SIGCONT)
        try scenario.expectAllSeen(process)
        scenario.expectOrderlyStop(process)
        try scenario.expectSums()
      }
    }
  }
}

extension Scenario {
  /// As systemd starts it, with a watchdog of 0.4 s.
  fileprivate func ingest(for listener: NotifyListener) throws -> Child {
    try ingest(environment: ["NOTIFY_SOCKET": listener.address, "WATCHDOG_USEC": "400000"])
  }
}
