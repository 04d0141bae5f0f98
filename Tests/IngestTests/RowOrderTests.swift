// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Postgres
import Testing

@testable import Ingest

struct RowOrderTests {
  @Test func rowsAreStoredInTheOrderOfTheirKeyWhateverTheyCameIn() throws {
    try TestDatabase.with { database in
      let fixture = try BatchFixture(database)
      var random = SeededNumbers()
      // Longer and shorter than a word, one the beginning of another, and none of them in order.
      let tenants = [
        "z", "tenant-000001", "tenant-00000", "Acme", "acme", "tenant-000001-and-more",
      ]
      let payloads = (0..<400).map { number in
        BatchFixture.invocation(
          number, tenant: tenants[Int.random(in: 0..<tenants.count, using: &random)],
          occurredAt: Self.recent(secondsAgo: Int.random(in: 0..<3000, using: &random)))
      }
      let batch = try fixture.batch(payloads, staged: [3])
      let twice = try fixture.batch(Array(payloads[10..<12]))
      _ = try fixture.write(batch, WritePlan(duplicates: [5, 6]))
      _ = try fixture.write(twice, WritePlan(duplicates: [0, 1]))
      #expect(try Sums(database).problems(produced: 402, accepted: 400, cost: "100") == [])
      // Three rows were staged, and inserted behind them.
      let misplaced = """
        SELECT count(*) FROM (
          SELECT row_number() OVER (ORDER BY tableoid, ctid) AS stored,
            row_number() OVER (ORDER BY tableoid, tenant_id COLLATE "C", occurred_at) AS sorted
            FROM invocations WHERE invocation_id::text !~ '0000000000[356]$'
        ) AS places WHERE stored <> sorted
        """
      #expect(try database.value(misplaced) == "0")
    }
  }

  @Test func forgetsABatchThatWasNotStored() throws {
    try TestDatabase.with { database in
      let fixture = try BatchFixture(database)
      let filter = IdentityFilter(slotBits: 16)
      let batch = try fixture.batch((0..<50).map { BatchFixture.invocation($0) }, staged: [7])
      for entry in batch.entries { _ = filter.insert(entry.identity) }
      filter.forget(batch)
      for (index, entry) in batch.entries.enumerated() {
        let isNew = filter.insert(entry.identity)
        #expect(isNew == (index != 7), "what was staged may be another batch's")
      }
    }
  }

  private static func recent(secondsAgo: Int) -> String {
    let past = Int64(60 + secondsAgo) * Timestamp.microsecondsPerSecond
    return Timestamp(microseconds: Timestamp.now().microseconds - past).description
  }
}
