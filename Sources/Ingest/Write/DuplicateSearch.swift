// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Records

/// Asks the primary keys which of a batch's direct rows are stored already, so that only those have
/// to be staged: a unique violation undoes a whole COPY, and the filter forgets.
struct DuplicateSearch {
  let sql: IngestSQL

  /// Entries whose identity is stored, or stands in the batch before them.
  func callAsFunction(
    _ part: BatchPart, on connection: inout Connection
  ) throws(PostgresError) -> Set<Int> {
    var found: Set<Int> = []
    for stream in part.batch.streams.indices {
      guard part.batch.withRows(of: stream, { $0.directCount }) > 0 else { continue }
      try search(part.batch, stream, &found, on: &connection)
    }
    return found
  }

  private func search(
    _ batch: Batch, _ index: Int, _ found: inout Set<Int>, on connection: inout Connection
  ) throws(PostgresError) {
    let stream = batch.streams[index]
    let fields = stream.identityFields
    _ = try connection.copyIn(sql.openingQuestion, count: 1) { _, sink throws(PostgresError) in
      var buffer = CopyBuffer(capacity: Self.pieceBytes)
      buffer.beginFile()
      for entry in batch.directEntries(of: index) {
        buffer.beginRow(fieldCount: Int16(fields.count + 1))
        let row = CopyTuple(batch.rowBytes(of: entry))
        for field in fields { buffer.append(bytes: row.encoded(field)) }
        buffer.append(int32: Int32(clamping: entry))
        if buffer.count > Self.pieceBytes {
          try sink.put(buffer.bytes)
          buffer.removeAll()
        }
      }
      buffer.endFile()
      try sink.put(buffer.bytes)
    }
    let months = batch.months(of: index)
    let answer = try connection.execute(sql.question(stream, months) + "; COMMIT")
    for row in 0..<answer.rowCount {
      guard let entry = answer.int64(row, 0).flatMap({ Int(exactly: $0) }),
        batch.entries.indices.contains(entry), case .direct = batch.entries[entry].path
      else { continue }
      found.insert(entry)
    }
  }

  private static let pieceBytes = 1 << 18
}

extension IngestSQL {
  /// Opens a transaction that takes the identities of one stream.
  var openingQuestion: String {
    """
    \(Self.begin); SELECT \(schema).daybook_ask_identities(); \
    \(copy(into: "pg_temp.daybook_asked", "tenant_id, occurred_at, id, entry"))
    """
  }

  func question(_ stream: Stream, _ months: [Month]) -> String {
    let first = (months.min() ?? Month(year: 2000, month: 1)).start
    let end = (months.max() ?? Month(year: 2000, month: 1)).next.start
    return """
      SELECT * FROM \(schema).daybook_stored_identities(\(SQL.literal(stream.table)), \
      \(SQL.literal(stream.idColumn)), '\(first)', '\(end)')
      """
  }
}
