// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Postgres
import Records
import Testing

@testable import Ingest

/// Fields that nobody reads are counted in the transaction that stores their records, or not at
/// all.
struct UnknownFieldTests {
  private typealias Fixture = BatchFixture

  private func counted(_ database: TestDatabase) throws -> [String] {
    var connection = try database.connect()
    let rows = try connection.execute(
      """
      SELECT field || ' ' || records || ' ' || last_offset FROM unknown_fields
      WHERE topic = '\(Fixture.topic)' AND table_name = 'invocations' ORDER BY field
      """)
    return (0..<rows.rowCount).compactMap { rows.text($0, 0) }
  }

  @Test func theyAreCountedWithTheirRecords() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let odd = [#","gen_ai.usage.odd_tokens":1"#, "", #","tokens\u2028":1,"usage":{}"#]
      let first = try fixture.batch((0..<6).map { Fixture.invocation($0, extra: odd[$0 % 3]) })
      let (half, rest) = try #require(
        {
          var random = SystemRandomNumberGenerator()
          return BatchPart(first).halves(recordCountMin: 1, using: &random)
        }())
      #expect(half.unknownFields == nil)
      #expect(rest.unknownFields?.named.count == 3)
      _ = try fixture.write(first)
      #expect(
        try counted(database) == [
          "gen_ai.usage.odd_tokens 2 3", "tokens%E2%80%A8 2 5", "usage 2 5",
        ])
      // What is not committed is not counted.
      let fenced = try fixture.batch([Fixture.invocation(10, extra: odd[0])])
      fixture.next -= 1
      try fixture.claim()
      #expect(throws: WriteBatch.Failure.self) { _ = try fixture.write(fenced) }
      #expect(try counted(database).first == "gen_ai.usage.odd_tokens 2 3")
      let again = try fixture.batch([Fixture.invocation(10, extra: odd[0])])
      let tables = try fixture.write(again)
      #expect(tables.first?.stored == 1)
      #expect(try counted(database).first == "gen_ai.usage.odd_tokens 3 6")
      // By day, too: of one, unless midnight was in between.
      let days = try database.value(
        "SELECT string_agg(field || ' ' || n, ', ' ORDER BY field COLLATE \"C\") FROM (SELECT field, sum(records) AS n"
          + " FROM unknown_field_days GROUP BY field) AS d")
      #expect(days == "gen_ai.usage.odd_tokens 3, tokens%E2%80%A8 2, usage 2")
    }
  }

  /// Whatever producers invent: a topic has so many names.
  @Test func namesOfATopicAreBounded() throws {
    try TestDatabase.with { database in
      try database.value(
        """
        SELECT daybook_count_unknown_fields((SELECT jsonb_agg(jsonb_build_object('topic', '\(Fixture.topic)',
          'table', 'invocations', 'field', 'tokens_' || n, 'records', 1, 'partition', 0, 'offset', n))
          FROM generate_series(1, 150) n)), daybook_count_unknown_fields((SELECT jsonb_agg(jsonb_build_object(
          'topic', '\(Fixture.topic)', 'table', 'invocations', 'field', 'cost_' || n, 'records', 1, 'partition', 0,
          'offset', n)) FROM generate_series(1, 60) n))::text
        """)
      try database.value(
        """
        SELECT daybook_count_unknown_fields('[{"topic": "\(Fixture.topic)", "table": "invocations",
          "field": "new_cost", "records": 2, "partition": 0, "offset": 7},
          {"topic": "\(Fixture.topic)", "table": "invocations",
          "field": "tokens_1", "records": 2, "partition": 0, "offset": 7}]')::text
        """)
      let names = try counted(database)
      #expect(names.contains("_other 2 7"))
      #expect(names.contains("tokens_1 3 7"))
      #expect(names.count == 211)
    }
  }
}
