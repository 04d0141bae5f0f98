// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Records
import Testing

@testable import Ingest

/// The bytes of a record are kept, and sent, once: however many of its items are refused or staged.
struct ItemPayloadTests {
  typealias Fixture = BatchFixture

  /// `item bytes` of every refusal of a record; a bare number has none.
  private func kept(_ database: TestDatabase, offset: Int64) throws -> String? {
    try database.value(
      """
      SELECT string_agg(concat_ws(' ', item, reason, octet_length(payload), convert_from(key, 'UTF8')), ', '
        ORDER BY item) FROM rejected_records WHERE "offset" = \(offset)
      """)
  }

  @Test(arguments: TestServer.all)
  func itIsKeptOnceForEachRecord(server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let fixture = try Fixture(database, .direct)
      _ = try fixture.write(
        try fixture.batch(records: [(0..<4).map { .direct(Fixture.invocation($0)) }]))
      func conflict(_ id: Int) -> Fixture.Item { .staged(Fixture.invocation(id, cost: "8")) }
      let records: [[Fixture.Item]] = [
        // Refused before the database was asked: the first of these has the bytes.
        [.direct(Fixture.invocation(10)), .refused, .refused, .skipped(1)],
        // Conflicts: the first one, though the first staged item is none.
        [.staged(Fixture.invocation(0)), conflict(1), conflict(2)],
        // Both: where it was refused before.
        [conflict(0), .refused, conflict(3), .refused],
        [.staged(Fixture.invocation(11)), .direct(Fixture.invocation(12))],
      ]
      let tables = try fixture.write(try fixture.batch(records: records))
      #expect(tables.map { [$0.stored, $0.duplicates, $0.rejected] } == [[3, 1, 8]])
      let bytes = records.map { Fixture.payload(of: $0).utf8.count }
      #expect(try kept(database, offset: 1) == "1 not_json \(bytes[0]) {, 2 not_json")
      #expect(
        try kept(database, offset: 2)
          == "1 conflicting_duplicate \(bytes[1]) {, 2 conflicting_duplicate")
      #expect(
        try kept(database, offset: 3)
          == "0 conflicting_duplicate, 1 not_json \(bytes[2]) {, 2 conflicting_duplicate, 3 not_json"
      )
      #expect(try kept(database, offset: 4) == nil)
      #expect(
        try database.value("SELECT count(*) FROM rejected_records WHERE record_timestamp IS NULL")
          == "0")
      #expect(
        try ItemTests.account(database)
          == "5 records 17 seen 7 stored 1 duplicates 8 rejected 1 skipped")
    }
  }

  /// 500 items of a record of 180 KB, all of them staged.
  @Test func itIsSentOnceForEachRecord() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database, .direct)
      let records: [[Fixture.Item]] = (0..<2).map { record in
        (0..<500).map { .direct(Fixture.invocation(500 * record + $0)) }
      }
      let batch = try fixture.batch(records: records)
      let bytes = records.reduce(0) { $0 + Fixture.payload(of: $1).utf8.count }
      let write = WriteBatch(sql: fixture.sql, owner: "owner", cluster: Fixture.cluster)
      let content = BatchContent(BatchPart(batch), WritePlan(stagesEverything: true))
      let first = write.firstMessage(content)
      let found = try fixture.link.use { connection throws(PostgresError) in
        _ = try connection.copyIn(first.statements, count: first.parts.count) {
          index, sink throws(PostgresError) in
          try first.feed(index, into: &sink)
        }
        let answer = try connection.execute(
          """
          SELECT concat_ws(' ', count(*), count(DISTINCT item), count(payload),
            sum(octet_length(payload)), count(*) FILTER (WHERE has_record)) FROM pg_temp.daybook_staged_raw
          """
        ).text(0, 0)
        _ = try connection.execute("ROLLBACK")
        return answer
      }
      #expect(found == "1000 500 2 \(bytes) 2")
      #expect(batch.withRaw { $0.count } == bytes + 2)
    }
  }

  /// A value larger than any record may be is refused as a whole; nothing of it is an item.
  @Test func ofAValueThatIsTooLargeTheBeginningIsKeptOnce() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let batch = try fixture.batch(records: [[.refused]])
      let large = Array(LargePayloadTests.large.utf8)
      large.withUnsafeBytes { bytes in
        var record = ConsumedRecord(
          span: 0, offset: fixture.next, timestampMilliseconds: 1, key: nil, payload: bytes)
        for item in 0..<2 as Range<Int32> {
          record.item = item
          batch.reject(record, Rejection(.notJSON))
        }
      }
      _ = try fixture.write(batch)
      #expect(
        try database.value(
          """
          SELECT string_agg(concat_ws(' ', item, octet_length(payload), message LIKE '%first 65536 are kept'),
            ', ' ORDER BY item) FROM rejected_records WHERE "offset" = 1
          """) == "0 65536 t, 1 t")
    }
  }
}
