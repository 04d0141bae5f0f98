// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Testing

extension EndToEnd {
  /// One server is away or frozen: not ready and says why, never not alive, and SIGTERM ends it in
  /// time.
  ///
  /// The kernel of a frozen server goes on to acknowledge; of a blackholed one nothing comes back.
  @Suite(.enabled(if: Stack.isKafka, "noida-db loses what it has not saved when it is killed"))
  struct OutageTests {
    enum Outage: CaseIterable {
      case kafkaKilled, kafkaFrozen, kafkaBlackholed, postgresKilled, postgresFrozen, poolerFrozen

      var isOfKafka: Bool {
        switch self {
        case .kafkaKilled, .kafkaFrozen, .kafkaBlackholed: true
        case .postgresKilled, .postgresFrozen, .poolerFrozen: false
        }
      }

      var reason: String { isOfKafka ? "[-]kafka failed" : "[-]postgres-worker-" }

      func begin() throws -> BlackHole? {
        switch self {
        case .kafkaKilled: try Stack.servers("kill", Stack.broker)
        case .kafkaFrozen: try Stack.signal(Stack.broker, SIGSTOP)
        case .kafkaBlackholed:
          try Stack.servers("kill", Stack.broker)
          return BlackHole(port: try Stack.brokerPort())
        case .postgresKilled: try Stack.servers("kill", "postgres15")
        case .postgresFrozen: try Stack.signal("postgres15", SIGSTOP)
        case .poolerFrozen: try Stack.signal("pooler-transaction", SIGSTOP)
        }
        return nil
      }

      func end(_ hole: BlackHole?) {
        hole?.end()
        #expect(throws: Never.self) {
          switch self {
          case .kafkaKilled, .kafkaBlackholed: try Stack.servers("start", Stack.broker)
          case .kafkaFrozen: try Stack.signal(Stack.broker, SIGCONT)
          case .postgresKilled: try Stack.servers("start", "postgres15")
          case .postgresFrozen: try Stack.signal("postgres15", SIGCONT)
          case .poolerFrozen: try Stack.signal("pooler-transaction", SIGCONT)
          }
        }
      }
    }

    private static let drainSeconds = 4

    @Test(arguments: Outage.allCases)
    func endsInTimeAndSaysWhatIsWrong(outage: Outage) throws {
      try Scenario.run { scenario in
        try scenario.load.send(Self.recordsFirst)
        let process = try scenario.ingest(
          "--drain-timeout", "\(Self.drainSeconds)", "--metrics-listen", ":0")
        try scenario.expectAllSeen(process)
        let isReady = eventually(seconds: 20) { Self.status("/readyz", process) == 200 }
        #expect(isReady, "\(process.lastLines)")
        // For the writers to have something to do.
        try scenario.load.send(Self.recordsBefore)
        let hole = try outage.begin()
        var reasons = ""
        let isNotReady = eventually(seconds: 30) {
          reasons = Self.body("/readyz", process)
          return reasons.contains(outage.reason)
        }
        #expect(isNotReady, "\(reasons)")
        let (ready, alive) = (Self.status("/readyz", process), Self.status("/livez", process))
        #expect(ready == 503)
        #expect(alive == 200)
        if !outage.isOfKafka { try expectLagGrows(scenario, process) }
        scenario.expectOrderlyStop(process, seconds: Self.drainSeconds + 1)
        outage.end(hole)
        // The pooler waits before it tries a server again that had refused it.
        let isBack = try eventually(seconds: 30) {
          let route = try scenario.database.settings(.transactionPooler)
          return (try? Connection(route)) != nil
        }
        #expect(isBack)
        try scenario.ingestRest()
        try scenario.expectSums()
      }
    }

    /// Without the database, the lag follows from the last offset that it is known to have.
    private func expectLagGrows(_ scenario: Scenario, _ process: Child) throws {
      try scenario.load.send(Self.recordsLast)
      let sent = Self.recordsFirst + Self.recordsBefore + Self.recordsLast
      let isSeen = eventually(seconds: 20) { Self.lagAndConsumed(process) >= sent }
      #expect(isSeen, "of \(sent) records it knows of \(Self.lagAndConsumed(process))")
    }

    private static func lagAndConsumed(_ process: Child) -> Int {
      let consumed = HealthPage.samples("daybook_records_consumed_total{", of: process)
      return HealthPage.lag(of: process) + Int(consumed.reduce(0, +))
    }

    private static let (recordsFirst, recordsBefore, recordsLast) = (2_000, 20_000, 3_000)

    private static func status(_ path: String, _ process: Child) -> Int {
      HealthPage(path, of: process)?.status ?? 0
    }

    private static func body(_ path: String, _ process: Child) -> String {
      HealthPage(path, of: process)?.body ?? ""
    }
  }
}
