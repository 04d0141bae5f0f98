// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Generator
import Testing

extension EndToEnd {
  /// A broker that comes back with less than it had, and is filled again before anybody looks.
  @Suite(.enabled(if: Stack.isKafka, "needs the files of Apache Kafka"))
  struct LogLossTests {
    @Test func aLogThatWasCutOffAndWrittenOnHaltsAndTheOthersGoOn() throws {
      try Scenario.run(partitions: 1) { scenario in
        // Nobody is put out of the group: no claim would look at the log.
        let process = try scenario.ingest(sessionSeconds: 120)
        for _ in 0..<4 { try scenario.load.send(500) }
        try scenario.expectAllSeen(process)
        let topic = try #require(scenario.topics[.invocations]?.first)
        let read = try position(scenario, topic)
        let claims = "SELECT sum(epoch) FROM ingest_offsets"
        let epochs = try scenario.number(claims)

        process.send(SIGSTOP)
        try Stack.servers("kill", Stack.broker)
        try cut(topic, before: read * 3 / 4)
        try Stack.servers("start", Stack.broker)
        let more = try Load(seed: scenario.seed + 1, topics: scenario.topics, partitions: 1)
        try more.send(2 * read)
        process.send(SIGCONT)

        let halted = """
          SELECT count(*) FROM ingest_offsets
          WHERE topic = '\(topic)' AND halt_reason = 'log_identity_changed'
          """
        #expect(
          try eventually(seconds: 60) { try scenario.number(halted) == 1 }, "\(process.lastLines)")
        #expect(try position(scenario, topic) == read, "nothing of the new log is stored")
        #expect(try scenario.number(claims) == epochs, "it was found without a claim")
        let goesOn = try eventually(seconds: 60) {
          try scenario.seen() > scenario.load.sentCount
        }
        #expect(goesOn, "the other topic: \(process.lastLines)")
        scenario.expectOrderlyStop(process)
        #expect(
          try scenario.number(
            "SELECT sum(next_offset) FROM ingest_offsets WHERE cluster_id <> 'daybook'")
            == scenario.seen())
        #expect(
          try scenario.number(
            "SELECT (SELECT count(*) FROM invocations) + (SELECT count(*) FROM audit_logs)")
            == scenario.number("SELECT sum(stored) FROM ingest_batches"))
        #expect(
          try scenario.number(
            """
            SELECT count(*) FROM (SELECT sum(cost) FROM invocations) AS r (cost),
              (SELECT sum(cost) FROM costs_daily) AS d (cost)
            WHERE r.cost = d.cost
            """) == 1)
      }
    }

    private func position(_ scenario: Scenario, _ topic: String) throws -> Int {
      try scenario.number("SELECT next_offset FROM ingest_offsets WHERE topic = '\(topic)'")
    }

    /// Cuts the log of partition 0 off behind the last batch that begins before the offset.
    private func cut(_ topic: String, before offset: Int) throws {
      let servers = try #require(Stack.environment["DAYBOOK_TEST_SERVERS_DIR"])
      let segment = "\(servers)/\(Stack.broker)/data/\(topic)-0/00000000000000000000"
      let log = URL(fileURLWithPath: "\(segment).log")
      let bytes = [UInt8](try Data(contentsOf: log))
      func number(_ range: Range<Int>) -> Int { bytes[range].reduce(0) { $0 << 8 | Int($1) } }
      // A batch begins with its first offset (8 bytes) and the length of the rest (4 bytes).
      var end = 0
      while end + 12 <= bytes.count, number(end..<end + 8) < offset {
        end += 12 + number(end + 8..<end + 12)
      }
      try #require(end > 0 && end < bytes.count)
      let handle = try FileHandle(forWritingTo: log)
      try handle.truncate(atOffset: UInt64(end))
      try handle.close()
      for index in ["index", "timeindex"] {
        try FileManager.default.removeItem(atPath: "\(segment).\(index)")
      }
    }
  }
}
