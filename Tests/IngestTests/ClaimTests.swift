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

  @Test(arguments: TestServer.all)
  func onlyAPartitionThatWasAddedHaltsWhenItsLogBeginsLate(server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      var connection = try database.connect()
      func claim(_ partition: Int, low: Int, of count: Int) throws -> String {
        let claims =
          #"[{"topic":"t","partition":\#(partition),"low":\#(low),"partitions":\#(count)}]"#
        let rows = try connection.query(sql.claim, ["o", "c", claims])
        return "\(rows.text(0, 7) ?? "active") \(rows.int64(0, 2) ?? -1)"
      }
      // The workers of a first start claim one after the other.
      #expect(try claim(0, low: 7, of: 2) == "active 7")
      #expect(try claim(1, low: 40, of: 2) == "active 40")
      #expect(try claim(2, low: 0, of: 3) == "active 0")
      #expect(try claim(3, low: 5, of: 4) == "new_partition_starts_late 0")
      #expect(try claim(3, low: 5, of: 4) == "new_partition_starts_late 0")
      #expect(
        try database.value(
          "SELECT string_agg(concat_ws(' ', partition, action, old_offset, new_offset), ', ' ORDER BY id) FROM offset_changes"
        )
          == "0 start 0 7, 1 start 0 40, 3 halt 0 0")
    }
  }

  @Test func aLogThatBeginsEarlierThanItDidIsAnotherOne() throws {
    try TestDatabase.with { database in
      var connection = try database.connect()
      func claim(low: Int) throws -> String {
        let claims = #"[{"topic":"t","partition":0,"low":\#(low),"partitions":1}]"#
        return try connection.query(sql.claim, ["o", "c", claims]).text(0, 7) ?? "active"
      }
      #expect(try claim(low: 40) == "active")
      #expect(try claim(low: 40) == "active")
      #expect(try claim(low: 0) == "log_identity_changed")
      try database.value(
        """
        UPDATE ingest_offsets SET epoch = epoch + 1, state = 'active', halt_reason = NULL,
          halt_detail = NULL, halted_at = NULL, log_start_offset = NULL
        """)
      #expect(try claim(low: 0) == "active")
    }
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
