// SPDX-License-Identifier: Apache-2.0
import Kafka
import Postgres

/// A row of `ingest_offsets`, read without a lock.
struct StoredPosition: Equatable, Sendable {
  var next: Int64
  var epoch: Int64
  var owner: String
  var isHalted: Bool
  var anchor: Anchor?
}

/// Reads the rows of the topics that a process ingests.
struct StoredPositions: Sendable {
  private let sql: IngestSQL
  private let cluster: String
  private let topics: String

  init(_ settings: IngestSettings, cluster: String) {
    sql = IngestSQL(schema: settings.schema)
    self.cluster = cluster
    topics = IngestSQL.array(settings.sources.map(\.topic))
  }

  func read(_ link: DatabaseLink) throws(PostgresError) -> [TopicPartition: StoredPosition] {
    try link.transaction { connection throws(PostgresError) in
      let rows = try connection.query(sql.offsets, [cluster, topics])
      var stored: [TopicPartition: StoredPosition] = [:]
      for row in 0..<rows.rowCount {
        let partition = rows.int64(row, 1).flatMap { Int32(exactly: $0) } ?? -1
        var anchor: Anchor?
        if let offset = rows.int64(row, 6), let hash = rows.text(row, 7) {
          anchor = Anchor(offset: offset, hash: hash)
        }
        stored[TopicPartition(topic: rows.text(row, 0) ?? "", partition: partition)] =
          StoredPosition(
            next: rows.int64(row, 2) ?? 0, epoch: rows.int64(row, 3) ?? 0,
            owner: rows.text(row, 4) ?? "", isHalted: rows.text(row, 5) == "halted",
            anchor: anchor)
      }
      return stored
    }
  }
}
