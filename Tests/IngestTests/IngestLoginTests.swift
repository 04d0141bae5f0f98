// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Testing

@testable import Ingest

/// The rights of app_write are enough for everything that a worker does in the database.
struct IngestLoginTests {
  @Test(arguments: TestServer.all)
  func aLoginOfAppWriteCanDoAllOfIt(_ server: TestServer) throws {
    let login = "daybook_test_app_write"
    try server.makeLogin(login, memberOf: ["app_write"])
    try TestDatabase.with(on: server) { database in
      let fixture = try BatchFixture(database, .direct, as: login)
      try fixture.readReference()
      _ = try fixture.write(try fixture.batch([BatchFixture.invocation(1), "nonsense"]))
      // A new one, a duplicate and a conflict, which are staged.
      let staged = [
        BatchFixture.invocation(2), BatchFixture.invocation(1),
        BatchFixture.invocation(1, cost: "0.5"),
      ]
      let batch = try fixture.batch(staged, staged: [0, 1, 2])
      let tables = try fixture.write(batch)
      #expect(tables.map(\.stored) == [1] && tables.map(\.duplicates) == [1])
      #expect(try Sums(database).problems(produced: 5, accepted: 2, cost: "0.5") == [])

      let rows = OffsetRows(sql: fixture.sql, cluster: BatchFixture.cluster)
      let positions = try rows.lock(batch.spans, fixture.link)
      #expect(positions.map(\.nextOffset) == [5] && positions.map(\.lastBatch) == ["\(batch.id)"])
      try rows.evict(of: batch.spans, fixture.link)
      try fixture.link.use { connection throws(PostgresError) in
        _ = try connection.query(fixture.sql.ensureRunway)
        _ = try connection.query(fixture.sql.batchTables, ["\(batch.id)"])
        _ = try connection.query(fixture.sql.ensurePartition, ["invocations", "2020-01-01"])
        _ = try connection.query(
          fixture.sql.halt,
          [
            BatchFixture.cluster, BatchFixture.topic, "0", String(fixture.epoch), "gap", "nothing",
          ])
      }
      #expect(try database.value("SELECT changed_by FROM offset_changes") == login)
    }
  }
}
