// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Testing

extension EndToEnd {
  /// A process that stands still for longer than its session, and wakes up as a zombie.
  @Suite(
    .enabled(
      if: Stack.isKafka, "noida-db keeps a frozen member in its group long after its session"))
  struct FreezeTests {
    @Test func frozenInCopyIsEvictedAndFenced() throws {
      try Scenario.run { scenario in
        try scenario.load.send(12_000)
        let zombie = try scenario.ingest(fault: "copy.mid:stop:2")
        #expect(zombie.waitFrozen(), "\(zombie.lastLines)")

        // The rows that it has copied hold their keys: it is evicted, long before the pooler's
        // query_timeout of 30 s.
        let start = ContinuousClock.now
        try scenario.ingestRest()
        #expect(start.duration(to: .now) < .seconds(20))
        #expect(try scenario.seen() == scenario.load.sentCount)
        let batches = try scenario.batches(of: zombie)
        zombie.send(SIGCONT)
        // It claims again, and what it had in its hands is void.
        let isBack = try eventually(seconds: 30) { try scenario.owned(by: zombie) > 0 }
        #expect(isBack, "\(zombie.lastLines)")
        #expect(try scenario.batches(of: zombie) == batches, "a zombie has written")
        try scenario.load.send(1_000)
        try scenario.expectAllSeen(zombie)
        scenario.expectOrderlyStop(zombie)
        try scenario.expectSums()
      }
    }

    @Test func frozenAfterTheCommitWasSent() throws {
      try Scenario.run { scenario in
        try scenario.load.send(12_000)
        // Two would meet each other's duplicates, and one of three commits may end as a deadlock.
        let zombie = try scenario.ingest(workers: 1, fault: "commit.sent:stop:3")
        #expect(zombie.waitFrozen(), "\(zombie.lastLines)")
        // The server commits alone.
        #expect(try eventually(seconds: 10) { try scenario.batches(of: zombie) >= 3 })
        try scenario.ingestRest()
        let batches = try scenario.batches(of: zombie)
        zombie.send(SIGCONT)
        // It gets its partitions back and goes on.
        try scenario.load.send(1_000)
        try scenario.expectAllSeen(zombie)
        #expect(try scenario.batches(of: zombie) > batches)
        scenario.expectOrderlyStop(zombie)
        try scenario.expectSums()
      }
    }

    @Test func frozenFromOutsideAgainAndAgain() throws {
      try Scenario.run { scenario in
        try scenario.load.keepSending(perSecond: 3_000) {
          let victim = try scenario.ingest()
          let other = try scenario.ingest()
          for _ in 0..<3 {
            try scenario.expectProgress(of: 1_000, victim)
            victim.send(SIGSTOP)
            #expect(victim.waitFrozen())
            // Only after its session has ended can the other one have everything.
            let owned = try eventually(seconds: 30) { try scenario.owned(by: victim) == 0 }
            #expect(owned, "\(other.lastLines)")
            try scenario.expectProgress(of: 1_000, other)
            victim.send(SIGCONT)
            let isBack = try eventually(seconds: 30) { try scenario.owned(by: victim) > 0 }
            #expect(isBack, "\(victim.lastLines)")
          }
          scenario.expectOrderlyStop(victim)
          scenario.expectOrderlyStop(other)
        }
        try scenario.ingestRest()
        try scenario.expectSums()
      }
    }
  }
}
