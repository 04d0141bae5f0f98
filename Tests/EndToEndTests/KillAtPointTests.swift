// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Testing

extension EndToEnd {
  /// SIGKILL at each named point of the write path.
  @Suite struct KillAtPointTests {
    /// A point, and how often it was passed when the process dies: by the first process, by the
    /// next.
    static let points = [
      ("assign.claimed", [1, 2]), ("batch.filled", [1, 6]), ("tx.begun", [1, 6]),
      ("copy.mid", [1, 4]), ("copy.done", [1, 6]), ("commit.sent", [1, 6]),
      ("commit.acknowledged", [1, 6]),
    ]

    @Test(arguments: points)
    func nothingIsLostOrDoubled(point: String, counts: [Int]) throws {
      try Scenario.run { scenario in
        try scenario.load.send(8_000)
        for count in counts {
          let victim = try scenario.ingest(fault: "\(point):kill:\(count)")
          #expect(victim.wait() == .signal(SIGKILL), "\(point):\(count) \(victim.lastLines)")
          try expectCommits(of: victim, at: point, scenario, isFirstTime: count == 1)
        }
        #expect(try scenario.seen() < scenario.load.sentCount, "killed after the work")
        try scenario.ingestRest()
        try scenario.expectSums()
      }
    }

    /// The server finishes what was sent, and nothing that was not.
    private func expectCommits(
      of victim: Child, at point: String, _ scenario: Scenario, isFirstTime: Bool
    ) throws {
      if point.hasPrefix("commit.") {
        let hasCommitted = try eventually(seconds: 10) { try scenario.batches(of: victim) > 0 }
        #expect(hasCommitted)
      } else if isFirstTime, point != "copy.mid" {
        // The first batch after a claim is staged: it never comes to copy.mid.
        #expect(try scenario.batches(of: victim) == 0)
      }
    }

    @Test(.enabled(if: Stack.isKafka, "noida-db waits for dead members, and the others with it"))
    func nothingIsLostOrDoubledWhenPartitionsAreRevoked() throws {
      try Scenario.run { scenario in
        try scenario.load.keepSending(perSecond: 2_000) {
          let victim = try scenario.ingest(fault: "revoke.received:kill:3")
          try scenario.expectProgress(victim)
          // Each newcomer takes partitions away from it.
          var others: [Child] = []
          while others.count < 4, victim.isRunning {
            others.append(try scenario.ingest())
            _ = try eventually(seconds: 15) {
              try !victim.isRunning || scenario.batches(of: others[others.count - 1]) > 0
            }
          }
          #expect(victim.wait() == .signal(SIGKILL), "\(victim.lastLines)")
          try scenario.expectProgress()
          for other in others { scenario.expectOrderlyStop(other) }
        }
        try scenario.ingestRest()
        try scenario.expectSums()
      }
    }
  }
}
