// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Generator
import Testing

extension EndToEnd {
  /// How soon another process goes on with the partitions of one that has ended.
  @Suite(
    .enabled(if: Stack.isKafka, "noida-db waits for dead members much longer than their sessions"))
  struct TakeOverTests {
    /// With the default session: who was killed cannot leave the group.
    @Test func theFirstCommitComesWithinTenSecondsAfterAKill() throws {
      try Scenario.run { scenario in
        try scenario.load.keepSending(perSecond: 2_000) {
          let first = try plain(scenario)
          try scenario.expectProgress(of: 1_000, first)
          first.send(SIGKILL)
          let start = ContinuousClock.now
          let second = try plain(scenario)
          let isWorking = try eventually(seconds: 30) { try scenario.batches(of: second) > 0 }
          let seconds = start.duration(to: .now) / .seconds(1)
          print("first commit \(seconds) s after the kill")
          #expect(isWorking, "\(second.lastLines)")
          #expect(seconds < 10)
          scenario.expectOrderlyStop(second)
        }
        try scenario.ingestRest()
        try scenario.expectSums()
      }
    }

    /// Each worker is a member of its own; a stop does not leave the group, and the successor of
    /// the same name takes over at once. Of two processes of one name, the older one ends, and it
    /// pushes the newer one out with none of its workers: its heartbeats are slow, so that the
    /// database tells it first.
    @Test func staticMembersComeBackAtOnceAndANameIsGivenOnce() throws {
      try Scenario.run { scenario in
        try scenario.load.keepSending(perSecond: 2_000) {
          let first = try plain(scenario, "--workers", "2", "-X", "group.instance.id=blue")
          let both = try eventually(seconds: 30) { try workers(scenario) == 2 }
          #expect(both, "\(first.lastLines)")
          scenario.expectOrderlyStop(first)

          let start = ContinuousClock.now
          let second = try plain(
            scenario, "--workers", "2", "-X", "group.instance.id=blue", "-X",
            "heartbeat.interval.ms=3000")
          let isWorking = try eventually(seconds: 20) { try scenario.batches(of: second) > 0 }
          print("first commit \(start.duration(to: .now) / .seconds(1)) s after the restart")
          #expect(isWorking, "\(second.lastLines)")
          #expect(start.duration(to: .now) < .seconds(5))

          let third = try plain(scenario, "--workers", "2", "-X", "group.instance.id=blue")
          #expect(second.wait(seconds: 30) == .exit(78), "\(second.lastLines)")
          let lines = second.output.split(separator: "\n").filter { $0.hasPrefix("daybook: ") }
          #expect(lines.count == 1 && lines.first?.contains("group.instance.id") == true)
          try scenario.expectProgress(of: 1_000, third)
          scenario.expectOrderlyStop(third)
        }
        try scenario.ingestRest()
        try scenario.expectSums()
      }
    }

    private func workers(_ scenario: Scenario) throws -> Int {
      try scenario.number("SELECT count(DISTINCT owner) FROM ingest_offsets")
    }

    /// As users start it, but for the topics.
    private func plain(_ scenario: Scenario, _ more: String...) throws -> Child {
      var arguments = ["ingest", "--group", scenario.group]
      for (stream, names) in scenario.topics {
        let table = stream == .invocations ? "invocations" : "audit_logs"
        for name in names { arguments += ["--topic", "\(name)=\(table)"] }
      }
      return try scenario.daybook(arguments + more)
    }
  }
}
