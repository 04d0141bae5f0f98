// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Records
import Testing

@testable import Ingest

/// A batch is never cut between two items of a record: its offset is consumed once.
struct ItemPartTests {
  typealias Fixture = BatchFixture

  @Test func everyCutIsBetweenTwoRecords() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      var random = SeededNumbers()
      for _ in 0..<60 {
        let records = (0..<Int.random(in: 1...12, using: &random)).map { _ in
          (0..<Int.random(in: 0...9, using: &random)).map { _ -> Fixture.Item in
            Bool.random(using: &random)
              ? .refused : .skipped(Int.random(in: 1...4, using: &random))
          }
        }
        let batch = try fixture.batch(records: records)
        let cut = Int.random(in: 0...batch.entries.count, using: &random)
        for (first, rest) in [
          BatchPart(batch).halves(recordCountMin: 1, using: &random),
          BatchPart(batch).cut(at: cut, using: &random),
        ].compactMap({ $0 }) {
          check(first, rest, of: batch)
        }
      }
    }
  }

  private func check(_ first: BatchPart, _ rest: BatchPart, of batch: Batch) {
    #expect(first.entries.upperBound == rest.entries.lowerBound)
    #expect(batch.entries[rest.entries.lowerBound].isFirst)
    #expect(first.spans[0].next == rest.spans[0].from)
    var hasher = AnchorHasher()
    for part in [first, rest] {
      let span = part.spans[0]
      let entries = batch.entries[part.entries]
      #expect(span.records == Set(entries.map(\.offset)).count)
      #expect(span.next - span.from == Int64(span.records) + span.gaps)
      #expect(span.seen == entries.reduce(0) { $0 + $1.itemCount })
      #expect(span.seen == span.direct + span.rejected + span.skipped)
      #expect(span.anchor == batch.anchor(of: part.entries.upperBound - 1, &hasher))
    }
  }

  @Test func theItemsOfOneRecordHaveNoHalves() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      var random = SeededNumbers()
      let one: [Fixture.Item] = (0..<40).map { .direct(Fixture.invocation($0)) }
      let alone = try fixture.batch(records: [one])
      #expect(BatchPart(alone).halves(recordCountMin: 1, using: &random) == nil)
      #expect(BatchPart(alone).cut(at: 7, using: &random) == nil)
      // The long one begins, or ends, the batch: the cut goes beside it.
      for records in [[one, [.refused]], [[.refused], one]] {
        let halves = try #require(
          BatchPart(try fixture.batch(records: records)).halves(
            recordCountMin: 1, using: &random))
        #expect([halves.first.spans[0].records, halves.rest.spans[0].records] == [1, 1])
      }
    }
  }

  /// A statement that runs out of time with 200 items is tried with fewer records.
  @Test func aBatchThatTakesTooLongIsWrittenByRecords() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database, .direct)
      try HalvingTests.limitStatements(to: 150, database)
      let records: [[Fixture.Item]] = (0..<8).map { record in
        (0..<100).map { .direct(Fixture.invocation(100 * record + $0)) } + [.skipped(20)]
      }
      let receipt = RunningWriter.settle(
        try fixture.batch(records: records), try database.settings(.direct))
      #expect(receipt.storedCount == 800)
      #expect(
        try ItemTests.account(database)
          == "8 records 960 seen 800 stored 0 duplicates 0 rejected 160 skipped")
      #expect(try database.value("SELECT count(*) FROM ingest_batches") == "8")
      #expect(try Books(database: database).differences() == nil)
    }
  }

  /// What the database refuses is found item by item; the search ends between two records.
  @Test func poisonIsFoundByItem() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database, .direct)
      try database.value(
        "ALTER TABLE invocations ADD CONSTRAINT poison CHECK (project_id IS DISTINCT FROM 'poison')"
      )
      func item(_ id: Int) -> Fixture.Item {
        .direct(
          Fixture.invocation(id, extra: id % 3 == 0 ? #","project_id":"poison""# : ""))
      }
      let records = (0..<6).map { record in (0..<10).map { item(10 * record + $0) } }
      let batch = try fixture.batch(records: records)
      func find(probes: Int) throws -> PoisonSearch.Result {
        let search = PoisonSearch(sql: fixture.sql, probeCountMax: probes)
        return try fixture.link.use { connection throws(PostgresError) in
          try search(BatchPart(batch), WritePlan(), on: &connection)
        }
      }
      for probes in [0, 1, 20, 40] {
        let found = try find(probes: probes)
        #expect(found.end > 0 && found.end % 10 == 0, "\(probes)")
        #expect(
          found.refused.keys.filter { $0 < found.end }.sorted()
            == Array(stride(from: 0, to: found.end, by: 3)))
      }
      let receipt = RunningWriter.settle(batch, try database.settings(.direct))
      #expect(receipt.storedCount == 40)
      #expect(
        try ItemTests.account(database)
          == "6 records 60 seen 40 stored 0 duplicates 20 rejected 0 skipped")
      #expect(
        try database.value(
          "SELECT concat_ws(' ', count(*), count(payload), count(DISTINCT \"offset\")) FROM rejected_records"
        ) == "20 6 6")
    }
  }
}
