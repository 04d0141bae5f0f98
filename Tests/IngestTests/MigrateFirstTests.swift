// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Records
import Testing

@testable import Ingest

/// The database is migrated while an older release runs, and that release may come back.
struct MigrateFirstTests {
  typealias Fixture = BatchFixture

  /// A column that this release does not know, as a later one adds and fills it.
  @Test(arguments: TestServer.all)
  func aNewColumnStopsNobody(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let fixture = try Fixture(database, .direct)
      var next = 0
      func payloads(_ count: Int) -> [String] {
        defer { next += count }
        return (next..<next + count).map { Fixture.invocation($0) }
      }
      let before = payloads(4)
      _ = try fixture.write(try fixture.batch(before, staged: [1]))
      try database.value("ALTER TABLE invocations ADD COLUMN tool_calls integer")

      let after = payloads(4)
      let tables = try fixture.write(try fixture.batch(after, staged: [0, 1]))
      #expect(tables.map(\.stored) == [4])
      // What came before and what came since is sent again.
      let again = before + after
      let repeated = try fixture.write(try fixture.batch(again, staged: Set(again.indices)))
      #expect(repeated.map(\.duplicates) == [8])

      // The later release stored these, and its fingerprint covers the column.
      let newer = payloads(2)
      try database.value("ALTER TABLE invocations DISABLE TRIGGER refuse_change")
      _ = try fixture.write(try fixture.batch(newer))
      try database.value(
        """
        UPDATE invocations SET tool_calls = 3, content_sha256 = sha256(content_sha256)
        WHERE source_offset >= \(fixture.next - 2)
        """)
      let returned = try fixture.write(try fixture.batch(newer, staged: [0, 1]))
      #expect(returned.map(\.duplicates) == [2])
      #expect(
        try Sums(database).problems(produced: 20, accepted: 10, cost: "2.5") == [])
    }
  }

  /// Two releases on one server connection, as behind a pooler: each has its own staging table.
  @Test func aStagingTableIsNamedAfterItsColumns() {
    let names = Set(Stream.all.map { StagedStream($0).table })
    #expect(names.count == Stream.all.count)
    for stream in Stream.all {
      #expect(StagedStream(stream).table.hasPrefix("daybook_staged_\(stream.table)_"))
    }
  }
}
