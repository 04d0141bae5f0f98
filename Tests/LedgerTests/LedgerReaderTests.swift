// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Ledger
import Postgres
import Testing

@Suite struct LedgerReaderTests {
  private let month = Timestamp.now().month

  @Test func costsAreExactAndNeverMixCurrencies() throws {
    try Fixture.with { fixture in
      var ledger = try fixture.ledger()
      let rows = try ledger.costs(
        CostQuery(period: .month(month), tenant: nil, dimensions: [.provider]))
      #expect(rows.map(\.tenant) == ["=cmd", "acme"])
      #expect(rows.map(\.currency) == [nil, "USD"])
      #expect(rows.map(\.cost) == [nil, "1.250000000001"])
      #expect(rows.map(\.unpricedRecords) == [1, 0])
      #expect(rows.map(\.dimensions) == [["openai"], ["openai"]])
    }
  }

  @Test func daysAddUpToTheMonth() throws {
    try Fixture.with { fixture in
      var ledger = try fixture.ledger()
      let days = try ledger.costs(
        CostQuery(period: .month(month), tenant: "acme", dimensions: [.day, .model]))
      #expect(days.map(\.cost) == ["0.000000000001", "1.25"])
      #expect(days.map { $0.dimensions[1] } == ["gpt-5-2025", "gpt-5-2025"])
      let first = CivilDate(daysSince2000: Int64(month.start.day))
      let second = CivilDate(daysSince2000: Int64(month.start.day) + 1)
      let one = try ledger.costs(
        CostQuery(period: .days(first, second), tenant: nil, dimensions: []))
      #expect(one.map(\.cost) == ["0.000000000001"])
    }
  }

  @Test(arguments: ["ISO, MDY", "German", "SQL, DMY", "Postgres, MDY"])
  func daysAreWrittenInOneWay(_ style: String) throws {
    try Fixture.with { fixture in
      var connection = try fixture.database.connect()
      try connection.execute("SET datestyle = '\(style)'")
      var ledger = LedgerReader(connection, schema: "public")
      let days = try ledger.costs(
        CostQuery(period: .month(month), tenant: "acme", dimensions: [.day]))
      let first = CivilDate(daysSince2000: Int64(month.start.day))
      #expect(days.first?.dimensions == ["\(first)"])
    }
  }

  @Test func refusalsAreFoundByFilterAndPosition() throws {
    try Fixture.with { fixture in
      var ledger = try fixture.ledger()
      let all = try ledger.rejects(RejectFilter(limit: 10))
      #expect(all.map(\.reason) == ["bad_time"])
      #expect(all.first?.payloadBytes == 3)
      #expect(try ledger.rejects(RejectFilter(reason: "not_json", limit: 10)).isEmpty)
      #expect(try ledger.rejects(RejectFilter(topic: "calls'; --", limit: 10)).isEmpty)
      #expect(try ledger.rejects(RejectFilter(since: .now(), limit: 10)).isEmpty)
      #expect(try ledger.rejectCounts(RejectFilter(limit: 10)).map(\.count) == [1])
      let found = try #require(try ledger.reject(topic: "calls", partition: 0, offset: 13))
      #expect(found.1.payload == [0x00, 0xff, 0x7b])
      #expect(found.1.key == Array("acme".utf8))
      #expect(found.1.headers == #"[{"name": "h", "value": "v"}]"#)
      #expect(try ledger.reject(topic: "calls", partition: 0, offset: 14) == nil)
      #expect(try ledger.reject(topic: "calls", partition: 0, offset: 13, cluster: "k") != nil)
      #expect(try ledger.reject(topic: "calls", partition: 0, offset: 13, cluster: "j") == nil)
    }
  }

  /// The bytes of a record stand with one of its refused items, and are found from each.
  @Test func anItemIsFoundWithTheBytesOfItsRecord() throws {
    try Fixture.with { fixture in
      try fixture.run(Fixture.withItems)
      var ledger = try fixture.ledger()
      let all = try ledger.rejects(RejectFilter(limit: 10))
      #expect(all.map(\.item) == [1, 2, 4])
      #expect(all.map(\.payloadBytes) == [3, 3, 3])
      #expect(try ledger.rejects(RejectFilter(limit: 2)).map(\.item) == [1, 2])
      #expect(try ledger.rejectCounts(RejectFilter(limit: 10)).map(\.count) == [2, 1])
      for (item, found) in [(nil, 1), (1, 1), (2, 2), (4, 4)] as [(Int?, Int64)] {
        let (record, content) = try #require(
          try ledger.reject(topic: "calls", partition: 0, offset: 13, item: item))
        #expect(record.item == found && record.payloadBytes == 3)
        #expect(content.payload == [0x00, 0xff, 0x7b])
        #expect(content.key == Array("acme".utf8))
        #expect(content.headers == #"[{"name": "h", "value": "v"}]"#)
      }
      #expect(try ledger.reject(topic: "calls", partition: 0, offset: 13, item: 3) == nil)
      // Another batch has read the record again, and refused it as a whole: that is the last.
      try fixture.run(
        """
        INSERT INTO rejected_records (rejected_at, cluster_id, topic, partition, "offset", table_name, reason, message,
          payload, batch_id) VALUES (now(), 'k', 'calls', 0, 13, 'invocations', 'not_json', 'm', '\\x01', gen_random_uuid())
        """)
      let (last, content) = try #require(
        try ledger.reject(topic: "calls", partition: 0, offset: 13))
      #expect(last.item == nil && content.payload == [1])
    }
  }

  @Test func statusKnowsPositionsRateAndRunway() throws {
    try Fixture.with { fixture in
      var ledger = try fixture.ledger()
      let position = try #require(try ledger.positions().first)
      #expect(position.nextOffset == 16 && position.epoch == 7 && position.owner == "host:1/1")
      #expect(!position.isHalted)
      let rate = try ledger.rate(seconds: 60)
      #expect(rate.batches == 2 && rate.seen == 5 && rate.stored == 3 && rate.rejected == 1)
      #expect(try ledger.lastCommit()?.hasSuffix("Z") == true)
      let runways = try ledger.runways()
      #expect(
        runways.map(\.table) == ["audit_logs", "ingest_batches", "invocations", "rejected_records"])
      #expect(runways.allSatisfy { $0.monthsAhead == 3 && $0.partitions == 5 })
    }
  }

  @Test func aHoleInThePartitionsEndsTheRunway() throws {
    try Fixture.with { fixture in
      let hole = "invocations_" + month.advanced(by: 2).partitionSuffix
      try fixture.run("DROP TABLE \(hole)")
      var ledger = try fixture.ledger()
      let runway = try #require(try ledger.runways().first { $0.table == "invocations" })
      #expect(runway.monthsAhead == 1)
      let made = try ledger.makePartition(of: "invocations", month: month.advanced(by: 2))
      #expect(made == hole)
      try fixture.run("SELECT FROM \(hole)")
      #expect(try ledger.runways().first { $0.table == "invocations" }?.monthsAhead == 3)
    }
  }

  @Test func aHaltEndsWithADecision() throws {
    try Fixture.with { fixture in
      try fixture.run(
        "SELECT daybook_halt_partition('k', 'calls', 0, NULL, 'offset_lost', '5 gone')")
      var ledger = try fixture.ledger()
      let halted = try #require(try ledger.positions().first)
      #expect(halted.haltReason == "offset_lost" && halted.haltDetail == "5 gone")
      let isDone = try ledger.decide(
        OffsetDecision(position: halted, action: .resume, newOffset: 16, reason: "seen"))
      #expect(isDone)
      let position = try #require(try ledger.positions().first)
      #expect(!position.isHalted && position.nextOffset == 16 && position.epoch == 8)
    }
  }
}
