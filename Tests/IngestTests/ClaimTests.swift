// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Testing

@testable import Ingest

/// Claims that find the wrong number of partitions or another cluster.
struct ClaimTests {
  let sql = IngestSQL(schema: "public")

  func claim(_ database: TestDatabase, cluster: String = "c", partitions: Int) throws -> [String] {
    let claims = (0..<partitions).map {
      #"{"topic":"t","partition":\#($0),"low":0,"partitions":\#(partitions)}"#
    }
    var connection = try database.connect(.transactionPooler)
    let rows = try connection.query(
      sql.claim, ["o", cluster, "[\(claims.joined(separator: ","))]"])
    return (0..<rows.rowCount).map { rows.text($0, 7) ?? "active" }
  }

  let resume = """
    UPDATE ingest_offsets SET epoch = epoch + 1, state = 'active', halt_reason = NULL,
    halt_detail = NULL, halted_at = NULL WHERE partition < 2
    """

  @Test func fewerPartitionsHaltTheTopicUntilSomebodyDecides() throws {
    try TestDatabase.with { database in
      #expect(try claim(database, partitions: 4) == Array(repeating: "active", count: 4))
      let halted = Array(repeating: "partition_count_shrank", count: 2)
      #expect(try claim(database, partitions: 2) == halted)
      #expect(try claim(database, partitions: 2) == halted)
      try database.value(resume)
      #expect(try claim(database, partitions: 2) == ["active", "active"])
      #expect(try database.value("SELECT count(*) FROM offset_changes") == "4")
    }
  }

  @Test func anotherClusterHaltsUntilSomebodyDecides() throws {
    try TestDatabase.with { database in
      _ = try claim(database, partitions: 2)
      for _ in 0..<2 {
        #expect(
          try claim(database, cluster: "other", partitions: 2)
            == ["cluster_id_changed", "cluster_id_changed"])
      }
      try database.value(resume)
      #expect(try claim(database, cluster: "other", partitions: 2) == ["active", "active"])
    }
  }
}
