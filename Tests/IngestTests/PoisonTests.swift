// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Postgres
import Records
import Testing

@testable import Ingest

/// Records that only the database refuses.
struct PoisonTests {
  typealias Fixture = BatchFixture

  /// The refused ones are found whatever they are, with no more attempts than halving would need.
  @Test func theWalkFindsEveryRefusedRow() {
    var random = SeededNumbers()
    for _ in 0..<500 {
      let count = Int.random(in: 0...300, using: &random)
      let share = Double.random(in: 0...1, using: &random)
      let refused = Set(
        (0..<count).filter { _ in Double.random(in: 0...1, using: &random) < share * share })
      var walk = PoisonWalk(count: count)
      var found: Set<Int> = []
      var attempts = 0
      while let stretch = walk.next, attempts < 2_000 {
        attempts += 1
        #expect(!stretch.isEmpty && stretch.upperBound <= count)
        if let row = walk.note(isRefused: stretch.contains(where: refused.contains)) {
          found.insert(row)
        }
      }
      #expect(found == refused)
      let bits = Int.bitWidth - count.leadingZeroBitCount
      #expect(attempts <= min(2 * (refused.count + 1) * (bits + 1), 2 * count + bits + 1))
    }
  }

  @Test(arguments: TestServer.all)
  func poisonIsFoundAndItsNeighboursAreStored(server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      let fixture = try Fixture(database, .direct)
      let batch = try poisoned([4, 5, 32], of: 33, fixture)
      let search = PoisonSearch(sql: fixture.sql)
      let found = try fixture.link.use { connection throws(PostgresError) in
        try search(BatchPart(batch), WritePlan(), on: &connection)
      }
      #expect(found.refused.keys.sorted() == [4, 5, 32])
      #expect(found.refused[4]?.sqlState == .checkViolation)
      #expect(found.end == 33)
      var plan = WritePlan()
      for entry in found.refused.keys {
        plan.refuse(entry, WritePlan.Refusal(rejection: Rejection(.databaseRefused), message: "m"))
      }
      _ = try fixture.write(batch, plan)
      #expect(try Sums(database).problems(produced: 33, accepted: 30, cost: "7.5") == [])
    }
  }

  @Test func aSearchEndsAtItsLimitsAndWhenItsBatchWasDropped() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let batch = try poisoned(Set(0..<40), of: 40, fixture)
      func find(
        probes: Int = .max, time: Duration = .seconds(60), isAbandoned: () -> Bool = { false }
      ) throws -> PoisonSearch.Result {
        let search = PoisonSearch(sql: fixture.sql, probeCountMax: probes, timeMax: time)
        return try fixture.link.use { connection throws(PostgresError) in
          try search(BatchPart(batch), WritePlan(), on: &connection, isAbandoned: isAbandoned)
        }
      }
      let few = try find(probes: 10)
      #expect(few.end == few.refused.count && (1..<10).contains(few.end))
      // It comes to a decision, however little time there is.
      #expect(try find(time: .zero).end == 1)
      var left = 8
      let dropped = try find(isAbandoned: {
        left -= 1
        return left < 0
      })
      #expect(dropped.end < 8)
      #expect(try find().refused.count == 40)
    }
  }

  /// More than one search may look at: written in parts, each of which says what was refused.
  @Test func aBatchFullOfRefusalsIsWrittenInParts() throws {
    try TestDatabase.with { database in
      let fixture = try Fixture(database)
      let count = IngestLimits.poisonProbesMax + 200
      let batch = try poisoned(Set(0..<count), of: count + 50, fixture)
      let receipt = RunningWriter.settle(batch, try database.settings(.transactionPooler))
      #expect(receipt.storedCount == 50)
      let accepted = Int64(50)
      #expect(
        try Sums(database).problems(
          produced: Int64(count) + accepted, accepted: accepted, cost: "12.5") == [])
      #expect(try database.value("SELECT count(*) FROM ingest_batches") == "2")
      guard case .committed(let committed) = receipt else { return }
      #expect(committed.shares.map(\.late).reduce(0, +) < 300)
    }
  }

  private func poisoned(
    _ refused: Set<Int>, of count: Int, _ fixture: Fixture
  ) throws -> Batch {
    try fixture.database.value(
      "ALTER TABLE invocations ADD CONSTRAINT poison CHECK (project_id IS DISTINCT FROM 'poison')")
    return try fixture.batch(
      (0..<count).map { index in
        Fixture.invocation(
          index, extra: refused.contains(index) ? #","project_id":"poison""# : "")
      })
  }
}
