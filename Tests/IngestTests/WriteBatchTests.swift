// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Records
import Testing

@testable import Ingest

struct WriteBatchTests {
  typealias Fixture = BatchFixture

  @Test(arguments: [TestRoute.transactionPooler, .sessionPooler, .direct])
  func storesRowsOffsetsLedgerAndRollupsTogether(route: TestRoute) throws {
    try TestDatabase.with { database in
      let fixture = try BatchFixture(database, route)
      let payloads = (0..<50).map { Fixture.invocation($0) }
      let tables = try fixture.write(try fixture.batch(payloads))
      #expect(tables.map(\.stored) == [50])
      #expect(
        try Sums(database).problems(produced: 50, accepted: 50, cost: "12.5") == [])
    }
  }

  @Test(arguments: TestServer.all)
  func bothPathsWorkOnEveryServer(server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let fixture = try BatchFixture(database, .direct)
      _ = try fixture.write(try fixture.batch([Fixture.invocation(1), Fixture.invocation(2)]))
      let second = try fixture.batch(
        [Fixture.invocation(1), Fixture.invocation(2, cost: "7"), Fixture.invocation(3)],
        staged: [0, 1, 2])
      let tables = try fixture.write(second)
      #expect(tables.map(\.stored) == [1])
      #expect(try Sums(database).problems(produced: 5, accepted: 3, cost: "0.75") == [])
    }
  }

  @Test func aDuplicateIsCountedAndAConflictIsKept() throws {
    try TestDatabase.with { database in
      let fixture = try BatchFixture(database)
      _ = try fixture.write(try fixture.batch([Fixture.invocation(1), Fixture.invocation(2)]))
      let conflict = Fixture.invocation(2, cost: "0.26")
      let second = try fixture.batch(
        [Fixture.invocation(1), conflict, Fixture.invocation(3)], staged: [0, 1])
      let tables = try fixture.write(second)
      #expect(tables.map(\.stored) == [1])
      #expect(tables.map(\.duplicates) == [1])
      #expect(tables.map(\.rejected) == [1])
      #expect(try Sums(database).problems(produced: 5, accepted: 3, cost: "0.75") == [])
      let kept = try database.value(
        "SELECT reason || ' ' || convert_from(payload, 'UTF8') FROM rejected_records")
      #expect(kept == "conflicting_duplicate " + conflict)
    }
  }

  @Test func duplicatesWithinABatchAreFoundInStagedAndDirectRows() throws {
    try TestDatabase.with { database in
      let fixture = try BatchFixture(database)
      let payloads = [
        Fixture.invocation(1), Fixture.invocation(1), Fixture.invocation(2),
        Fixture.invocation(2), Fixture.invocation(1, cost: "9"),
      ]
      let tables = try fixture.write(try fixture.batch(payloads, staged: [1, 2, 3, 4]))
      #expect(tables.map(\.stored) == [2])
      #expect(tables.map(\.duplicates) == [2])
      #expect(try Sums(database).problems(produced: 5, accepted: 2, cost: "0.5") == [])
    }
  }

  @Test func theStagingPathGivesTheSameRollupsAsTheDirectOne() throws {
    let extras = [
      "", #","project_id":"p1","response_model":"m-2025""#,
      #","service_tier":"batch","cache_read_input_tokens":40,"reasoning_output_tokens":3"#,
      #","status":"failure","error_type":"timeout""#,
    ]
    var rollups: [String?] = []
    for isStaged in [false, true] {
      try TestDatabase.with { database in
        let fixture = try BatchFixture(database)
        let payloads = (0..<40).map { index in
          let text = Fixture.invocation(index, cost: "0.0000\(index)1", tenant: "t\(index % 3)")
            .replacing(#","status":"success""#, with: "")
          let unpriced = text.replacing(
            #""cost":"0.0000\#(index)1","currency":"USD""#, with: #""stream":true"#)
          let base = index % 5 == 0 ? unpriced : text
          return base.dropLast() + extras[index % 4] + "}"
        }.map(String.init)
        _ = try fixture.write(
          try fixture.batch(payloads, staged: isStaged ? Set(0..<40) : []))
        #expect(try Sums(database).problems(produced: 40, accepted: 40) == [])
        rollups.append(
          try database.value(
            """
            SELECT string_agg(r::text, E'\\n' ORDER BY r::text) FROM
            (SELECT to_jsonb(d) - 'updated_at' AS r FROM costs_daily d) AS x
            """))
      }
    }
    #expect(rollups[0] != nil)
    #expect(rollups[0] == rollups[1])
  }

  @Test func aStaleOwnerIsFencedAndNothingIsStored() throws {
    try TestDatabase.with { database in
      let old = try BatchFixture(database)
      let batch = try old.batch([Fixture.invocation(1)])
      let new = try BatchFixture(database)
      let error = #expect(throws: WriteBatch.Failure.self) { try old.write(batch) }
      #expect(error?.error.sqlState.rawValue == "DB001")
      #expect(error?.isOutcomeUnknown == false)
      #expect(try Sums(database).problems(produced: 0, accepted: 0) == [])
      _ = try new.write(try new.batch([Fixture.invocation(1)]))
      #expect(try Sums(database).problems(produced: 1, accepted: 1) == [])
    }
  }

  @Test func theSameBatchTwiceIsRefusedByItsPosition() throws {
    try TestDatabase.with { database in
      let fixture = try BatchFixture(database)
      let batch = try fixture.batch([Fixture.invocation(1)])
      _ = try fixture.write(batch)
      let plan = WritePlan(stagesEverything: true)
      let error = #expect(throws: WriteBatch.Failure.self) { try fixture.write(batch, plan) }
      #expect(error?.error.sqlState.rawValue == "DB001")
      #expect(try Sums(database).problems(produced: 1, accepted: 1) == [])
    }
  }

  @Test func anUnexpectedDuplicateFailsTheDirectPathAndIsSettledByTheStagingPath() throws {
    try TestDatabase.with { database in
      let fixture = try BatchFixture(database)
      _ = try fixture.write(try fixture.batch([Fixture.invocation(1)]))
      let batch = try fixture.batch([Fixture.invocation(1), Fixture.invocation(2)])
      let error = #expect(throws: WriteBatch.Failure.self) { try fixture.write(batch) }
      #expect(error?.error.sqlState == .uniqueViolation)
      _ = try fixture.write(batch, WritePlan(stagesEverything: true))
      #expect(try Sums(database).problems(produced: 3, accepted: 2, cost: "0.5") == [])
    }
  }

  @Test func refusedRecordsAreKeptByteForByte() throws {
    try TestDatabase.with { database in
      let fixture = try BatchFixture(database)
      let bad = ["", "not json", #"{"a":1}"#, "{\"a\":\"\u{0}\"}"]
      _ = try fixture.write(try fixture.batch(bad + [Fixture.invocation(1)]))
      #expect(try Sums(database).problems(produced: 5, accepted: 1) == [])
      for (index, payload) in bad.enumerated() {
        let hex = payload.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        let kept = try database.value(
          "SELECT encode(payload, 'hex') FROM rejected_records WHERE \"offset\" = \(index)")
        #expect(kept == hex.joined())
      }
    }
  }
}
