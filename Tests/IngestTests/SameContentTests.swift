// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Records
import Testing

@testable import Ingest

/// A retry is a duplicate when it says the same, however it is written and whoever stored the
/// first.
struct SameContentTests {
  typealias Fixture = BatchFixture

  /// The same object; `jsonb` says so, too.
  private static let spellings = [
    #"{"a":1,"b":{"c":[1,2.50],"d":"ë"},"e":null}"#,
    #"{"b":{"d":"ë","c":[1,2.50]},"e":null,"a":1}"#,
    #"{ "a" : 1 , "b" : { "c" : [ 1 , 2.50 ] , "d" : "ë" } , "e" : null }"#,
    #"{"a":1.0,"b":{"c":[1,2.5],"d":"ë"},"e":null}"#,
    #"{"a":1e0,"b":{"c":[10e-1,25e-1],"d":"\u00eb"},"e":null}"#,
  ]

  private static let others = [
    #"{"a":1,"b":{"c":[2.50,1],"d":"ë"},"e":null}"#, #"{"a":1,"b":{"c":[1,2.50],"d":"ë"}}"#,
    #"{"a":"1","b":{"c":[1,2.50],"d":"ë"},"e":null}"#,
    #"{"a":1,"b":{"c":[1,2.50],"d":"e\u0308"},"e":null}"#, "{}",
  ]

  @Test(arguments: TestServer.all)
  func jsonIsComparedAsJSON(server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let fixture = try Fixture(database, .direct)
      for column in ["metadata", "tags"] {
        let id = column == "tags" ? 1 : 2
        let all =
          column == "tags"
          ? [#"{"a":"1","b":"ë"}"#, #"{"b":"ë","a":"1"}"#, #"{"a" : "1","b":"\u00eb"}"#]
          : Self.spellings
        let same = all.map { Fixture.invocation(id, extra: ",\"\(column)\":\($0)") }
        let tables = try fixture.write(try fixture.batch(same, staged: Set(1..<same.count)))
        #expect(tables.map(\.stored) == [1])
        #expect(tables.map(\.duplicates) == [Int64(same.count - 1)])
      }
      let other = (Self.others + ["null"]).map {
        Fixture.invocation(2, extra: ",\"metadata\":\($0)")
      }
      let tables = try fixture.write(try fixture.batch(other, staged: Set(0..<other.count)))
      #expect(tables.map(\.rejected) == [Int64(other.count)])
      #expect(
        try Sums(database).problems(produced: Int64(3 + 5 + other.count), accepted: 2, cost: "0.5")
          == [])
    }
  }

  @Test func aSecurityEventToo() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      func event(_ more: String) -> String {
        """
        {"event_id":"0190b7c2-6f3e-7c1a-9a53-000000000001","occurred_at":"\(Fixture.recent)",\
        "tenant_id":"acme","action":"a","actor_id":"u","source_ip":"::1"\(more)}
        """
      }
      let payloads = [
        event(#","changes":{"x":{"old":1,"new":2}},"metadata":{"k":[]}"#),
        event(#","metadata":{"k":[ ]},"changes":{"x":{"new":2,"old":1.0}}"#),
        event(#","changes":{"x":{"old":2,"new":1}},"metadata":{"k":[]}"#),
      ]
      let tables = try fixture.write(
        try fixture.batch(payloads, staged: [0, 1, 2], stream: .auditLogs))
      #expect(tables.map { [$0.stored, $0.duplicates, $0.rejected] } == [[1, 1, 1]])
    }
  }

  /// Rows of a version whose fingerprint is another one, in a table that has one column more since.
  @Test(arguments: TestServer.all)
  func recordsOfAnotherVersionStayDuplicates(server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let fixture = try Fixture(database, .direct)
      let calls = [
        Fixture.invocation(1), Fixture.invocation(2, extra: #","metadata":{"a":1},"region":"eu""#),
        Fixture.invocation(3, cost: nil),
        Fixture.invocation(4, extra: #","finish_reasons":["stop","length"],"stream":false"#),
      ]
      _ = try fixture.write(try fixture.batch(calls))
      try database.value(
        """
        ALTER TABLE invocations DISABLE TRIGGER USER;
        UPDATE invocations SET content_sha256 = sha256(content_sha256);
        UPDATE invocations SET cost = 3, currency = 'USD', cost_source = 'computed', price_version = '7'
         WHERE cost IS NULL;
        ALTER TABLE invocations ADD COLUMN later text;
        ALTER TABLE invocations ENABLE TRIGGER USER
        """)
      let again = try fixture.write(try fixture.batch(calls, staged: [0, 1, 2, 3]))
      #expect(again.map { [$0.stored, $0.duplicates, $0.rejected] } == [[0, 4, 0]])
      let changed = [
        Fixture.invocation(1, cost: "0.26"), Fixture.invocation(2, extra: #","metadata":{"a":1}"#),
        Fixture.invocation(3, cost: "3"),
        Fixture.invocation(4, extra: #","finish_reasons":["length","stop"],"stream":false"#),
      ]
      let other = try fixture.write(try fixture.batch(changed, staged: [0, 1, 2, 3]))
      #expect(other.map { [$0.stored, $0.duplicates, $0.rejected] } == [[0, 0, 4]])
    }
  }
}
