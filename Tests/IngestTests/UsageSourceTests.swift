// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Postgres
import Records
import Testing

@testable import Ingest

/// Who counted the tokens of a call: stored, added up, and no reason to store a call twice.
struct UsageSourceTests {
  typealias Fixture = BatchFixture

  private static func call(_ id: Int, _ source: String?, cost: String? = "0.25") -> String {
    Fixture.invocation(id, cost: cost, extra: source.map { #","usage_source":"\#($0)""# } ?? "")
  }

  /// What the rollups say of estimates, by currency, days and months alike.
  private static func estimates(_ database: TestDatabase) throws -> [String?] {
    try ["costs_daily", "costs_monthly"].map { table in
      try database.value(
        """
        SELECT string_agg(concat_ws(' ', currency, estimated_records, trim_scale(estimated_cost), records), ', '
          ORDER BY currency) FROM \(table)
        """)
    }
  }

  private static func differences(_ database: TestDatabase) throws -> String? {
    try database.value(
      """
      SELECT string_agg(d::text, '; ') FROM (SELECT DISTINCT tenant_id, day FROM costs_daily) AS days,
        LATERAL daybook_day_differences(days.tenant_id, days.day) AS d
      """)
  }

  /// Directly and staged, with duplicates that were counted and turned out to be none.
  @Test(arguments: TestServer.all)
  func estimatesAddUpWhateverWayTheRecordsTake(server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let fixture = try Fixture(database, .direct)
      let calls = [
        Self.call(1, "estimated"), Self.call(2, "provider"), Self.call(3, nil),
        Self.call(4, "unknown"), Self.call(5, "estimated", cost: nil),
        Self.call(6, "estimated", cost: "0.000000000001"),
      ]
      _ = try fixture.write(try fixture.batch(calls))
      let sums = ["USD 2 0.250000000001 5, XXX 1 0 1"]
      #expect(try Self.estimates(database) == sums + sums)
      // All again, one of them with another cost, one new.
      let again = calls + [Self.call(1, "estimated", cost: "9"), Self.call(7, "estimated")]
      let tables = try fixture.write(try fixture.batch(again, staged: Set(again.indices)))
      #expect(tables.map { [$0.stored, $0.duplicates, $0.rejected] } == [[1, 6, 1]])
      let more = ["USD 3 0.500000000001 6, XXX 1 0 1"]
      #expect(try Self.estimates(database) == more + more)
      #expect(try Self.differences(database) == nil)
      #expect(
        try database.value(
          "SELECT string_agg(coalesce(usage_source, '-'), ' ' ORDER BY invocation_id) FROM invocations"
        ) == "estimated provider - unknown estimated estimated estimated")
      var connection = try database.connect()
      let refused = #expect(throws: PostgresError.self) {
        try connection.execute(
          "ALTER TABLE invocations DISABLE TRIGGER USER; UPDATE invocations SET usage_source = 'x'")
      }
      #expect(refused?.sqlState.rawValue == "23514")
    }
  }

  /// A row of a release that did not read it is met again by its record; only who says otherwise
  /// contradicts.
  @Test(arguments: TestServer.all)
  func whoSaysNothingContradictsNobody(server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let fixture = try Fixture(database, .direct)
      _ = try fixture.write(
        try fixture.batch([Self.call(1, nil), Self.call(2, "estimated"), Self.call(3, "provider")]))
      let again = [
        Self.call(1, "estimated"), Self.call(2, nil), Self.call(2, "estimated"),
        Self.call(3, "estimated"),
        // What else the record says is compared as before.
        Fixture.invocation(1, cost: "1", extra: #","usage_source":"estimated""#),
      ]
      let tables = try fixture.write(try fixture.batch(again, staged: Set(again.indices)))
      #expect(tables.map { [$0.stored, $0.duplicates, $0.rejected] } == [[0, 3, 2]])
      #expect(
        try database.value(
          "SELECT string_agg(coalesce(usage_source, '-'), ' ' ORDER BY invocation_id) FROM invocations"
        ) == "- estimated provider")
      let sums = ["USD 1 0.25 3"]
      #expect(try Self.estimates(database) == sums + sums)
    }
  }

  /// The release before stages no such column and adds up no estimates; it runs on while this one
  /// migrates.
  @Test(arguments: TestServer.all)
  func theReleaseBeforeRunsOn(server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let fixture = try Fixture(database, .direct)
      _ = try fixture.write(try fixture.batch([Self.call(1, "estimated")]))
      let columns = Stream.invocations.storedColumns.filter { $0.name != "usage_source" }
      let names = columns.map(\.name).joined(separator: ", ")
      let definitions = columns.map { "\($0.name) \($0.sqlType)" }.joined(separator: ", ")
      let place = #""topic":"\#(Fixture.topic)","partition":0,"from":1,"next":4"#
      let span = """
        [{"cluster":"\(Fixture.cluster)",\(place),"epoch":\(fixture.epoch),"anchor_offset":3,\
        "anchor_hash":"ab","table":"invocations","records":3,"seen":3,"direct":1,"rejected":0,\
        "skipped":0,"gaps":0}]
        """
      let staged =
        #"[{"table":"invocations","id":"invocation_id","staging":"old_rows","rollup":"daybook_stage_costs"}]"#
      let batch = "0190b7c2-6f3e-7c1a-9a53-0000000000b9"
      let measures = Rollup.measureColumns.filter { !$0.hasPrefix("estimated_") }
      // The record once more, one that is new and staged, and one that goes directly.
      try database.value(
        """
        BEGIN; SET LOCAL timezone = 'UTC';
        SELECT daybook_begin_batch('\(batch)', '[{"staging":"old_rows","columns":"\(definitions)"}]', 0, NULL, false);
        CREATE TEMP TABLE old ON COMMIT DROP AS SELECT \(names) FROM invocations;
        INSERT INTO pg_temp.old_rows (\(names))
        SELECT \(names.replacing("source_offset", with: "source_offset + 1")) FROM old;
        INSERT INTO pg_temp.old_rows (\(names))
        SELECT \(names.replacing("source_offset", with: "source_offset + 2")
          .replacing("invocation_id", with: "gen_random_uuid()")) FROM old;
        INSERT INTO invocations (\(names))
        SELECT \(names.replacing("source_offset", with: "source_offset + 3")
          .replacing("invocation_id", with: "gen_random_uuid()")) FROM old;
        INSERT INTO pg_temp.daybook_staged_raw
          (source_topic, source_partition, source_offset, record_timestamp, key, payload, headers, is_counted)
        SELECT source_topic, source_partition, source_offset, now(), 'k', 'p', NULL, false FROM pg_temp.old_rows;
        INSERT INTO pg_temp.daybook_rollup_deltas
          (\((Rollup.keyColumns + measures).joined(separator: ", ")))
        SELECT tenant_id, occurred_at::date, NULL, '', provider, request_model, service_tier, currency,
          1, 0, 0, 100, 10, 0, 0, 0, cost FROM old;
        SELECT daybook_apply_batch('\(batch)', 'old', '\(Fixture.cluster)', '\(span)', '\(staged)', true);
        COMMIT
        """)
      #expect(
        try database.value(
          "SELECT concat_ws(' ', sum(stored), sum(duplicates), sum(rejected)) FROM ingest_batches")
          == "3 1 0")
      let sums = ["USD 1 0.25 3"]
      #expect(try Self.estimates(database) == sums + sums)
      #expect(try Self.differences(database) == nil)
    }
  }

  /// What comes for a closed month says with its line how much of it is estimated.
  @Test(arguments: [false, true])
  func lateEstimatesStandInTheirLines(isStaged: Bool) throws {
    try TestDatabase.with { database in
      let month = Timestamp.now().month.advanced(by: -2)
      let books = Books(database: database)
      try books.makePartition("\(month)-01")
      try books.close("\(month)-01")
      let fixture = try Fixture(database)
      try fixture.readReference()
      let calls = zip(1..., ["estimated", "provider", "estimated"]).map { id, source in
        Fixture.invocation(
          id, extra: #","usage_source":"\#(source)""#, occurredAt: month.start.description)
      }
      _ = try fixture.write(try fixture.batch(calls, staged: isStaged ? [0, 1, 2] : []))
      #expect(
        try database.value(
          """
          SELECT concat_ws(' ', kind, records, trim_scale(cost), estimated_records, trim_scale(estimated_cost))
          FROM cost_adjustments
          """) == "late 3 0.75 2 0.5")
      #expect(try Self.estimates(database) == [nil, nil])
    }
  }
}
