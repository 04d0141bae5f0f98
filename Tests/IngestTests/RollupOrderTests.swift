// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Postgres
import Records
import Testing

@testable import Ingest

struct RollupOrderTests {
  @Test func deltasComeInTheOrderOfThePrimaryKey() throws {
    try TestDatabase.with { database in
      let fixture = try BatchFixture(database)
      let batch = try fixture.batch(Self.payloads(600))
      #expect(batch.rollupCount > 300)
      let columns = (Rollup.keyColumns + Rollup.measureColumns).joined(separator: ", ")
      try fixture.link.use { connection throws(PostgresError) in
        _ = try connection.query(
          "CREATE TABLE deltas AS SELECT slot, c.* FROM costs_daily c, "
            + "(SELECT NULL::smallint AS slot) s LIMIT 0")
        _ = try connection.copyIn("COPY deltas (\(columns)) FROM STDIN (FORMAT binary)", count: 1) {
          _, sink throws(PostgresError) in
          var buffer = CopyBuffer(capacity: 1 << 16)
          buffer.beginFile()
          batch.encodeRollups(into: &buffer)
          buffer.endFile()
          try sink.put(buffer.bytes)
        }
      }
      let misplaced = """
        SELECT count(*) FROM (
          SELECT row_number() OVER (ORDER BY ctid) AS sent,
            row_number() OVER (
              ORDER BY tenant_id, day, provider, model, project_id, service_tier, currency) AS sorted
            FROM deltas) AS places WHERE sent <> sorted
        """
      #expect(try database.value("SELECT count(*) FROM deltas") == "\(batch.rollupCount)")
      #expect(try database.value(misplaced) == "0")
    }
  }

  /// A month has a key twice when its days are two, and a day when staged rows add to it.
  @Test(arguments: [1, 3], [[], [3, 4, 5, 6, 7]] as [Set<Int>])
  func sumsAreRightWhereAKeyComesTwice(days: Int, staged: Set<Int>) throws {
    try TestDatabase.with { database in
      let fixture = try BatchFixture(database)
      for start in [0, 300] {
        let payloads = Self.payloads(300, from: start, days: days)
        _ = try fixture.write(try fixture.batch(payloads, staged: staged))
      }
      #expect(try Sums(database).problems(produced: 600, accepted: 600, cost: "150") == [])
    }
  }

  private static func payloads(_ count: Int, from first: Int = 0, days: Int = 5) -> [String] {
    var random = SeededNumbers()
    let now = Timestamp.now().microseconds
    // Longer and shorter than a word, and one the beginning of another.
    let tenants = ["z", "tenant-000001", "tenant-00000", "Acme", "acme", "tenant-000001-and-more"]
    return (first..<first + count).map { id in
      let past = Int64(Int.random(in: 0..<days, using: &random)) * Timestamp.microsecondsPerDay
      let model = Int.random(in: 0..<12, using: &random)
      let project = Int.random(in: 0..<3, using: &random)
      let tier = ["standard", "batch"][Int.random(in: 0..<2, using: &random)]
      return BatchFixture.invocation(
        id, tenant: tenants[Int.random(in: 0..<tenants.count, using: &random)],
        extra:
          #","response_model":"m\#(model)","project_id":"p\#(project)","service_tier":"\#(tier)""#,
        occurredAt: Timestamp(microseconds: now - 60_000_000 - past).description)
    }
  }
}
