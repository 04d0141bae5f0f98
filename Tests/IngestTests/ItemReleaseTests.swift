// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Records
import Testing

@testable import Ingest

/// The release before items runs on while this one migrates: it stages, books and moves positions
/// without a word about items.
struct ItemReleaseTests {
  typealias Fixture = BatchFixture

  @Test(arguments: TestServer.all)
  func theReleaseBeforeItemsRunsOn(server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let fixture = try Fixture(database, .direct)
      _ = try fixture.write(try fixture.batch((0..<3).map { Fixture.invocation($0) }))
      // A duplicate, a conflict with its bytes, a new one; one of them was counted by the batch.
      let columns = Stream.invocations.storedColumns.filter { $0.name != "source_item" }
      let names = columns.map(\.name).joined(separator: ", ")
      let definitions = columns.map { "\($0.name) \($0.sqlType)" }.joined(separator: ", ")
      let place = #""topic":"\#(Fixture.topic)","partition":0,"from":3,"next":6"#
      let span = """
        [{"cluster":"\(Fixture.cluster)",\(place),"epoch":\(fixture.epoch),"anchor_offset":5,\
        "anchor_hash":"ab","table":"invocations","seen":3,"direct":0,"rejected":0,"gaps":0}]
        """
      let staged =
        #"[{"table":"invocations","id":"invocation_id","staging":"old_rows","rollup":"daybook_stage_costs"}]"#
      let batch = "0190b7c2-6f3e-7c1a-9a53-0000000000b9"
      let rows = (
        names: names, changed: names.replacing("source_offset", with: "source_offset + 3")
      )
      try database.value(
        """
        BEGIN;
        SELECT daybook_begin_batch('\(batch)', '[{"staging":"old_rows","columns":"\(definitions)"}]', 0, NULL, false);
        INSERT INTO pg_temp.old_rows (\(rows.names)) SELECT \(rows.changed) FROM invocations;
        UPDATE pg_temp.old_rows SET cost = 9, content_sha256 = '\\x01' WHERE source_offset = 4;
        UPDATE pg_temp.old_rows SET invocation_id = gen_random_uuid() WHERE source_offset = 5;
        INSERT INTO pg_temp.daybook_staged_raw
          (source_topic, source_partition, source_offset, record_timestamp, key, payload, headers, is_counted)
        SELECT source_topic, source_partition, source_offset, now(), 'k', source_offset::text::bytea, NULL, false
          FROM pg_temp.old_rows;
        SELECT daybook_apply_batch('\(batch)', 'old', '\(Fixture.cluster)', '\(span)', '\(staged)', false);
        COMMIT
        """)
      #expect(
        try ItemTests.account(database)
          == "6 records 6 seen 4 stored 1 duplicates 1 rejected 0 skipped")
      #expect(
        try database.value(
          """
          SELECT concat_ws(' ', reason, "offset", item, convert_from(payload, 'UTF8'),
            convert_from(key, 'UTF8')) FROM rejected_records
          """) == "conflicting_duplicate 4 4 k")
      #expect(try Books(database: database).differences() == nil)
    }
  }

  /// The ingest login has the rights that items need.
  @Test(arguments: TestServer.all)
  func theIngestLoginStagesItems(server: TestServer) throws {
    let login = "daybook_test_app_write"
    try TestDatabase.with(on: server) { database in
      try server.makeLogin(login, memberOf: ["app_write"])
      let fixture = try Fixture(database, .direct, as: login)
      let calls = [Fixture.invocation(1), Fixture.invocation(2)]
      _ = try fixture.write(
        try fixture.batch(records: [[.direct(calls[0]), .staged(calls[1]), .refused]]))
      let tables = try fixture.write(
        try fixture.batch(records: [
          calls.map { .staged($0) } + [.staged(Fixture.invocation(1, cost: "4")), .skipped(1)]
        ]))
      #expect(tables.map { [$0.stored, $0.duplicates, $0.rejected] } == [[0, 2, 1]])
    }
  }

  /// Which refusals halt a partition is decided by items: what is skipped hides none.
  @Test func theShareOfRefusalsIsOfItems() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let batch = try fixture.batch(records: [
        [.refused, .refused, .direct(Fixture.invocation(1)), .skipped(400)], [.skipped(9)],
        [.direct(Fixture.invocation(2))],
      ])
      var plan = WritePlan()
      plan.refuse(2, WritePlan.Refusal(rejection: Rejection(.databaseRefused)))
      let shares = RejectShare.all(of: BatchPart(batch), plan)
      #expect(shares.map { [$0.items, $0.rejections, $0.late] } == [[4, 3, 1]])

      var window = RejectWindow()
      for _ in 0..<99 { #expect(window.count(accepted: 5, rejected: 5) == nil) }
      #expect(window.count(accepted: 0, rejected: 0) == nil)
      let share = window.count(accepted: 0, rejected: 30)
      #expect(share == 525.0 / 1020.0)
      #expect(window.count(accepted: 999, rejected: 0) == nil)
      #expect(window.count(accepted: 1, rejected: 0) == 0)
    }
  }

  @Test func skippedItemsAreCountedByTopicAndRule() {
    var skips = SkippedItems()
    for reason in [0, 2, 2, 7, -1] { skips.count(reason, source: 1, sources: 2, reasons: 3) }
    skips.seal(reasons: 3) { ("topic \($0)", "rule \($1)") }
    #expect(
      skips.named.map { "\($0.topic) \($0.reason) \($0.count)" }
        == ["topic 1 rule 0 1", "topic 1 rule 2 2"])
    skips.removeAll()
    skips.seal(reasons: 3) { _, _ in ("", "") }
    #expect(skips.named.isEmpty)
  }
}
