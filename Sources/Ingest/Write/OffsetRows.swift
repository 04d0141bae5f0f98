// SPDX-License-Identifier: Apache-2.0
import Postgres
import Records

/// Reads offset rows `FOR UPDATE` and evicts whoever keeps them locked.
struct OffsetRows {
  let sql: IngestSQL
  let cluster: String

  /// Throws 55P03 when they stay locked; the holders of our own role have then been terminated.
  func lock(
    _ spans: [Batch.Span], _ link: DatabaseLink
  ) throws(PostgresError) -> [Settlement.Position] {
    let (topics, partitions) = Self.arrays(spans)
    do throws(PostgresError) {
      return try link.transaction { connection throws(PostgresError) in
        let rows = try connection.query(sql.lockOffsets, [cluster, topics, partitions])
        var positions: [Settlement.Position] = []
        for row in 0..<rows.rowCount {
          positions.append(
            Settlement.Position(
              topic: rows.text(row, 0) ?? "",
              partition: rows.int64(row, 1).flatMap { Int32(exactly: $0) } ?? -1,
              nextOffset: rows.int64(row, 2) ?? -1, epoch: rows.int64(row, 3) ?? -1,
              lastBatch: rows.text(row, 4)))
        }
        return positions
      }
    } catch  where error.sqlState == .lockNotAvailable {
      try evict(topics, partitions, link)
      throw error
    }
  }

  /// The same for the partitions of a batch.
  func evict(of spans: [Batch.Span], _ link: DatabaseLink) throws(PostgresError) {
    let (topics, partitions) = Self.arrays(spans)
    try evict(topics, partitions, link)
  }

  /// Whoever holds an offset row for longer than the lock timeout is a frozen owner of before, and
  /// so is a client that says nothing in its COPY for longer than a batch may take.
  func evict(
    _ topics: String, _ partitions: String, _ link: DatabaseLink
  ) throws(PostgresError) {
    try link.transaction { connection throws(PostgresError) in
      _ = try connection.query(
        sql.evict, [cluster, topics, partitions, IngestSQL.array(Stream.all.map(\.table))])
    }
  }

  private static func arrays(_ spans: [Batch.Span]) -> (topics: String, partitions: String) {
    (
      IngestSQL.array(spans.map(\.topic)),
      IngestSQL.array(spans.map { String($0.partition) })
    )
  }
}
