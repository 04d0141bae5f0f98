// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Generator
import Testing

extension EndToEnd {
  /// SIGKILL at any time, under load, with two processes in the group.
  @Suite(.enabled(if: Stack.isKafka, "noida-db waits for dead members, and the others with it"))
  struct RandomKillTests {
    static let killCount = 12

    @Test func nothingIsLostOrDoubled() throws {
      try Scenario.run(partitions: 6) { scenario in
        var random = SeededRandom(seed: scenario.seed)
        var kills = 0
        try scenario.load.keepSending(perSecond: 3_000) {
          var processes = [try scenario.ingest(), try scenario.ingest()]
          while kills < Self.killCount {
            // Some of them in the middle of a rebalance, some under full load.
            if Bool.random(using: &random) { try scenario.expectProgress(of: 500) }
            let lifeMilliseconds = Int.random(in: 0...1_500, using: &random)
            _ = eventually(within: .milliseconds(lifeMilliseconds)) {
              !processes.allSatisfy { $0.isRunning }
            }
            let victim = processes.remove(at: Int.random(in: 0...1, using: &random))
            #expect(victim.isRunning, "it ended by itself: \(victim.lastLines)")
            victim.send(SIGKILL)
            #expect(victim.wait() == .signal(SIGKILL))
            kills += 1
            processes.append(try scenario.ingest())
          }
          try scenario.expectProgress(of: 1_000)
          for process in processes { scenario.expectOrderlyStop(process) }
        }
        #expect(kills == Self.killCount)
        try scenario.ingestRest()
        try scenario.expectSums()
      }
    }
  }
}
