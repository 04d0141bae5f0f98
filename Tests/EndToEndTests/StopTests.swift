// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Testing

extension EndToEnd {
  /// SIGTERM, SIGINT, and the SIGHUP of a terminal: the open batch is finished or dropped within
  /// the deadline.
  @Suite struct StopTests {
    @Test func inTheMiddleOfTheWork() throws {
      try Scenario.run { scenario in
        try scenario.load.send(20_000)
        for signal in [SIGTERM, SIGINT] {
          let process = try scenario.ingest()
          try scenario.expectProgress(of: 1_000, process)
          scenario.expectOrderlyStop(process, by: signal, seconds: 10)
          #expect(try scenario.batches(of: process) > 0)
          #expect(try scenario.seen() < scenario.load.sentCount, "stopped after the work")
        }
        try scenario.ingestRest()
        try scenario.expectSums()
      }
    }

    /// The start waits for a database that is away; settings are read again meanwhile.
    @Test func whileItStarts() throws {
      try Scenario.run { scenario in
        scenario.terminal = .none
        let process = try scenario.ingest(
          environment: ["DAYBOOK_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"])
        #expect(eventually { process.output.contains("the database is away") })
        process.send(SIGHUP)
        #expect(eventually { process.output.contains("settings are read again") })
        scenario.expectOrderlyStop(process, seconds: 5)
      }
    }

    @Test func aTerminalIsClosed() throws {
      try Scenario.run { scenario in
        try scenario.load.keepSending(perSecond: 2_000) {
          guard let terminal = PseudoTerminal.open(columns: 80) else {
            Issue.record("no pseudo-terminal")
            return
          }
          scenario.terminal = .at(terminal.path)
          let process = try scenario.ingest()
          try scenario.expectProgress(process)
          _ = consume terminal
          #expect(process.wait(seconds: 20) == .exit(0), "\(process.lastLines)")
          #expect(process.output.contains("stop requested"))
        }
        scenario.terminal = .ofTheTest
        try scenario.ingestRest()
        try scenario.expectSums()
      }
    }

    /// A database that does not answer holds up the end only until the deadline.
    @Test func whileTheDatabaseIsSilent() throws {
      try Scenario.run { scenario in
        try scenario.load.keepSending(perSecond: 3_000) {
          let process = try scenario.ingest("--drain-timeout", "2")
          try scenario.expectProgress(process)
          try withSilentPooler {
            scenario.expectOrderlyStop(process, seconds: 8)
          }
        }
        scenario.stillCounted = 1
        try scenario.ingestRest()
        try scenario.expectSums()
      }
    }

    @Test func aSecondSignalEndsItAtOnce() throws {
      try Scenario.run { scenario in
        guard let terminal = PseudoTerminal.open(columns: 80) else {
          Issue.record("no pseudo-terminal")
          return
        }
        scenario.terminal = .at(terminal.path)
        try scenario.load.keepSending(perSecond: 3_000) {
          // A second worker that joins meanwhile leaves nothing to finish.
          let process = try scenario.ingest("--drain-timeout", "300", workers: 1)
          try scenario.expectProgress(process)
          try withSilentPooler {
            process.send(SIGTERM)
            #expect(eventually(seconds: 10) { process.output.contains("stop requested") })
            // A terminal that is closed says so more than once.
            process.send(SIGHUP)
            #expect(holds(seconds: 1) { process.isRunning }, "\(process.lastLines)")
            process.send(SIGTERM)
            #expect(process.wait(seconds: 2) == .exit(128 + SIGTERM), "\(process.lastLines)")
          }
        }
        #expect(terminal.written().isEmpty)
        scenario.terminal = .ofTheTest
        try scenario.ingestRest()
        try scenario.expectSums()
      }
    }

    private func withSilentPooler(_ body: () throws -> Void) throws {
      try Stack.signal("pooler-transaction", SIGSTOP)
      defer { #expect(throws: Never.self) { try Stack.signal("pooler-transaction", SIGCONT) } }
      try body()
    }
  }
}
