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
    let fields = stream.identityColumns.compactMap { name in
      stream.storedColumns.firstIndex { $0.name == name }
    }
    _ = try connection.copyIn(sql.openingQuestion, count: 1) { _, sink throws(PostgresError) in
      var buffer = CopyBuffer(capacity: Self.pieceBytes)
      buffer.beginFile()
      for entry in batch.entries.indices {
        guard case .direct = batch.entries[entry].path,
          batch.spans[Int(batch.entries[entry].span)].stream == index
        else { continue }
        buffer.beginRow(fieldCount: Int16(fields.count + 1))
        Self.copy(fields, of: batch.rowBytes(of: entry), to: &buffer)
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

  /// Copies fields of a COPY tuple as they are, each with its length before it.
  private static func copy(
    _ fields: [Int], of tuple: UnsafeRawBufferPointer, to buffer: inout CopyBuffer
  ) {
    for field in fields {
      var position = MemoryLayout<Int16>.size
      for _ in 0..<field { position += size(at: position, in: tuple) }
      let end = position + size(at: position, in: tuple)
      buffer.append(bytes: UnsafeRawBufferPointer(rebasing: tuple[position..<end]))
    }
  }

  /// Of a field with its length; a null has −1.
  private static func size(at position: Int, in tuple: UnsafeRawBufferPointer) -> Int {
    let length = tuple.loadUnaligned(fromByteOffset: position, as: Int32.self)
    return MemoryLayout<Int32>.size + Int(max(0, Int32(bigEndian: length)))
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
