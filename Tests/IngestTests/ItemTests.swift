// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Records
import Testing

@testable import Ingest

/// Many rows from one record of Kafka, each of them once.
struct ItemTests {
  typealias Fixture = BatchFixture

  /// What became of the items, and that the ledger and the tables say the same.
  static func account(_ database: TestDatabase) throws -> String? {
    try database.value(
      """
      SELECT concat_ws(' ', sum(records), 'records', sum(seen), 'seen', sum(stored), 'stored',
        sum(duplicates), 'duplicates', sum(rejected), 'rejected', sum(skipped), 'skipped')
        || CASE WHEN sum(stored) <> (SELECT count(*) FROM invocations)
             OR sum(rejected) <> (SELECT count(*) FROM rejected_records)
             OR sum(records) <> (SELECT sum(next_offset) FROM ingest_offsets)
             OR (SELECT coalesce(sum(cost), 0) FROM invocations)
               <> (SELECT coalesce(sum(cost), 0) FROM costs_daily)
             OR EXISTS (SELECT FROM ingest_batches b WHERE (b.records, b.seen, b.skipped) IS DISTINCT FROM
                  (SELECT (sum(s.records)::bigint, sum(s.seen)::bigint, sum(s.skipped)::bigint) FROM ingest_spans s
                    WHERE s.batch_id = b.batch_id)::record)
           THEN ', which is not what is there' ELSE '' END
      FROM ingest_batches
      """)
  }

  @Test(arguments: TestServer.all)
  func eachItemIsARowIsSkippedOrIsRefused(server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let fixture = try Fixture(database, .direct)
      let batch = try fixture.batch(records: [
        [.direct(Fixture.invocation(1)), .skipped(2), .direct(Fixture.invocation(2))],
        [.refused, .direct(Fixture.invocation(3))], [.skipped(5)], [],
      ])
      #expect(batch.itemCount == 11)
      let tables = try fixture.write(batch)
      #expect(tables.map { [$0.seen, $0.stored, $0.duplicates, $0.rejected] } == [[11, 3, 0, 1]])
      #expect(
        try Self.account(database)
          == "4 records 11 seen 3 stored 0 duplicates 1 rejected 7 skipped")
      #expect(
        try database.value(
          """
          SELECT string_agg(source_offset || '#' || source_item, ' '
            ORDER BY source_offset, source_item) FROM invocations
          """) == "0#0 0#2 1#1")
      // The record without items is the anchor.
      let anchor = try #require(batch.spans[0].anchor)
      #expect(
        try database.value(
          "SELECT anchor_offset || ' ' || encode(anchor_hash, 'hex') FROM ingest_offsets")
          == "3 \(anchor.hash)")
    }
  }

  /// A record that is its own item says so with a null.
  @Test func anOrdinaryRowHasNoItem() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      _ = try fixture.write(
        try fixture.batch([Fixture.invocation(1), "nonsense", Fixture.invocation(2)], staged: [2]))
      #expect(
        try database.value(
          """
          SELECT (SELECT count(source_item) FROM invocations) || ' '
            || (SELECT count(item) FROM rejected_records)
          """) == "0 0")
      #expect(
        try Self.account(database) == "3 records 3 seen 2 stored 0 duplicates 1 rejected 0 skipped")
    }
  }

  @Test(arguments: TestServer.all)
  func itemsThatAreSentAgainAreDuplicates(server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let fixture = try Fixture(database, .direct)
      let calls = (0..<6).map { Fixture.invocation($0) }
      _ = try fixture.write(try fixture.batch(records: [calls.map { .direct($0) }]))
      // Divided otherwise, one of them with other content, one of them new.
      let tables = try fixture.write(
        try fixture.batch(records: [
          [.staged(calls[5]), .staged(calls[0]), .direct(Fixture.invocation(7))],
          [.staged(Fixture.invocation(1, cost: "7")), .staged(calls[2]), .skipped(1)],
          [.staged(calls[3]), .staged(Fixture.invocation(6)), .staged(calls[4])],
        ]))
      #expect(tables.map { [$0.stored, $0.duplicates, $0.rejected] } == [[2, 5, 1]])
      #expect(
        try Self.account(database)
          == "4 records 15 seen 8 stored 5 duplicates 1 rejected 1 skipped")
      #expect(
        try database.value(
          "SELECT concat_ws(' ', reason, \"offset\", item) FROM rejected_records")
          == "conflicting_duplicate 2 0")
    }
  }

  /// The filter takes the second one for a duplicate, which is staged beside its direct twin.
  @Test func twinsInOneRecordAreFound() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let (call, other) = (Fixture.invocation(1), Fixture.invocation(2))
      let tables = try fixture.write(
        try fixture.batch(records: [
          [
            .direct(call), .staged(call), .staged(Fixture.invocation(1, cost: "9")),
            .staged(other), .staged(other), .staged(Fixture.invocation(2, cost: "9")),
          ]
        ]))
      #expect(tables.map { [$0.stored, $0.duplicates, $0.rejected] } == [[2, 2, 2]])
      #expect(
        try database.value("SELECT string_agg(source_item::text, ' ') FROM invocations") == "0 3")
      #expect(
        try database.value("SELECT string_agg(item::text, ' ' ORDER BY item) FROM rejected_records")
          == "2 5")
      #expect(
        try Self.account(database) == "1 records 6 seen 2 stored 2 duplicates 2 rejected 0 skipped")
    }
  }

  /// Of two items whose fingerprints differ from what is stored, one says the same in other words.
  @Test func whatAnItemSaysIsComparedWithItsOwnRow() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      func calls(_ metadata: String, cost: String) -> [String] {
        [
          Fixture.invocation(1, extra: #","metadata":\#(metadata)"#),
          Fixture.invocation(2, cost: cost),
        ]
      }
      let first = calls(#"{"a":1,"b":2}"#, cost: "1")
      _ = try fixture.write(try fixture.batch(records: [first.map { .direct($0) }]))
      let again = calls(#"{"b":2,"a":1.0}"#, cost: "2")
      for items in [again, again.reversed()] {
        let tables = try fixture.write(try fixture.batch(records: [items.map { .staged($0) }]))
        #expect(tables.map { [$0.stored, $0.duplicates, $0.rejected] } == [[0, 1, 1]])
      }
      #expect(
        try database.value(
          "SELECT string_agg(\"offset\" || '#' || item, ' ' ORDER BY \"offset\") FROM rejected_records"
        ) == "1#1 2#0")
    }
  }

  /// The filter has forgotten them: the primary key knows, and the sums of the batch are put right.
  @Test func duplicatesThatOnlyThePrimaryKeyKnowsAreStagedByItem() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let calls = (0..<4).map { Fixture.invocation($0, cost: "\($0 + 1)") }
      _ = try fixture.write(
        try fixture.batch(records: [[.direct(calls[0]), .direct(calls[2])]]))
      let batch = try fixture.batch(records: [
        [.direct(calls[0]), .direct(calls[1]), .direct(calls[2]), .direct(calls[3])],
        [.direct(calls[3])],
      ])
      let receipt = RunningWriter.settle(batch, try database.settings(.transactionPooler))
      #expect(receipt.storedCount == 2)
      #expect(
        try Self.account(database) == "3 records 7 seen 4 stored 3 duplicates 0 rejected 0 skipped")
      #expect(try Books(database: database).differences() == nil)
    }
  }

  @Test func theRollupsOfStagedItemsAreThoseOfDirectOnes() throws {
    var rollups: [String?] = []
    for isStaged in [false, true] {
      try TestDatabase.with { database in
        let fixture = try Fixture(database)
        let calls = (0..<30).map { Fixture.invocation($0, cost: "0.0\($0)", tenant: "t\($0 % 3)") }
        let batch = try fixture.batch(records: [
          calls.prefix(20).map { .direct($0) }, calls.suffix(10).map { .direct($0) },
        ])
        _ = try fixture.write(batch, WritePlan(stagesEverything: isStaged))
        rollups.append(
          try database.value(
            """
            SELECT string_agg(r::text, E'\\n' ORDER BY r::text) FROM
            (SELECT to_jsonb(d) - 'updated_at' AS r FROM costs_daily d) AS x
            """))
      }
    }
    #expect(rollups[0] != nil && rollups[0] == rollups[1])
  }
}
