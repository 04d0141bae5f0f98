// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Records
import Telemetry

/// The first message of a batch as `WriteBatch` puts it together, and the bytes of each COPY in it.
struct BatchCopies {
  enum Part {
    case direct(stream: Int)
    case staged(stream: Int)
    case raw
    case rejections
    case rollups
  }

  /// The whole string.
  private(set) var statements = ""
  private(set) var parts: [Part] = []
  private let content: BatchContent
  private let cluster: String

  private var batch: Batch { content.part.batch }

  /// What is sent is put together in pieces of about this size, which stay in a cache.
  private static let pieceBytes = 1 << 16
  /// So many rows before it is copied a row is fetched: in the order of the key the next one lies
  /// anywhere.
  private static let rowsAhead = 4

  init(_ content: BatchContent, cluster: String) {
    self.content = content
    self.cluster = cluster
  }

  /// Adds a statement.
  mutating func execute(_ statement: String) { statements += statement }

  /// Adds a COPY, and what its rows are.
  mutating func copy(_ part: Part, _ statement: String) {
    parts.append(part)
    statements += " " + statement + ";"
  }

  func feed(_ index: Int, into sink: inout CopySink) throws(PostgresError) {
    var buffer = CopyBuffer(capacity: 2 * Self.pieceBytes)
    buffer.beginFile()
    switch parts[index] {
    case .direct(let stream): try feedDirect(stream, &buffer, into: &sink)
    case .staged(let stream): try feedStaged(stream, &buffer, into: &sink)
    case .raw: try feedRaw(&buffer, into: &sink)
    case .rejections: try feedRejections(&buffer, into: &sink)
    case .rollups: batch.encodeRollups(into: &buffer)
    }
    buffer.endFile()
    try sink.put(buffer.bytes)
  }

  private func feedDirect(
    _ stream: Int, _ buffer: inout CopyBuffer, into sink: inout CopySink
  ) throws(PostgresError) {
    let order = RowOrder(batch, stream: stream).entries
    for (count, index) in order.enumerated() {
      // The middle is where a test stops it.
      if count == order.count / 2 {
        try Self.flush(&buffer, into: &sink, above: 0)
        IngestFault.copyMid.reached()
      }
      guard content.isDirect(index) else { continue }
      let ahead = count + Self.rowsAhead
      if ahead < order.count { batch.prefetchRow(of: order[ahead]) }
      buffer.append(bytes: batch.rowBytes(of: index))
      try Self.flush(&buffer, into: &sink, above: Self.pieceBytes)
    }
  }

  private func feedStaged(
    _ stream: Int, _ buffer: inout CopyBuffer, into sink: inout CopySink
  ) throws(PostgresError) {
    for index in content.stagedEntries(of: stream) {
      buffer.append(bytes: batch.rowBytes(of: index))
      try Self.flush(&buffer, into: &sink, above: Self.pieceBytes)
    }
  }

  private func feedRaw(
    _ buffer: inout CopyBuffer, into sink: inout CopySink
  ) throws(PostgresError) {
    for stream in batch.streams.indices {
      var before: Batch.Entry?
      for index in content.stagedEntries(of: stream) {
        let entry = batch.entries[index]
        let span = batch.spans[Int(entry.span)]
        // The first of its staged items stands for the record: the bytes are sent once.
        let hasRecord = before?.isOfSameRecord(as: entry) != true
        before = entry
        buffer.beginRow(fieldCount: 10)
        buffer.append(text: span.topic)
        buffer.append(int32: span.partition)
        buffer.append(int64: entry.offset)
        append(timestampOf: entry, to: &buffer)
        append(bytesOf: hasRecord && !content.keepsRecord(of: index) ? entry : nil, to: &buffer)
        buffer.append(bool: content.isCounted(index))
        buffer.append(int32: entry.item)
        buffer.append(bool: hasRecord)
        try Self.flush(&buffer, into: &sink, above: Self.pieceBytes)
      }
    }
  }

  private func feedRejections(
    _ buffer: inout CopyBuffer, into sink: inout CopySink
  ) throws(PostgresError) {
    var before: Batch.Entry?
    for index in content.part.entries {
      guard let refusal = content.refusal(index) else { continue }
      let entry = batch.entries[index]
      // The first of its refused items keeps the bytes of the record.
      let keepsRecord = before?.isOfSameRecord(as: entry) != true
      before = entry
      let span = batch.spans[Int(entry.span)]
      let stream = batch.streams[span.stream]
      buffer.beginRow(fieldCount: 15)
      buffer.append(timestamp: batch.writtenAt)
      buffer.append(text: cluster)
      buffer.append(text: span.topic)
      buffer.append(int32: span.partition)
      buffer.append(int64: entry.offset)
      append(timestampOf: entry, to: &buffer)
      buffer.append(text: stream.table)
      buffer.append(text: refusal.rejection.reason.code)
      if let field = refusal.rejection.field(in: stream) {
        buffer.append(text: field)
      } else {
        buffer.appendNull()
      }
      buffer.append(
        text: (refusal.message ?? message(of: refusal.rejection, entry, stream))
          + (batch.cutPayload(of: index)?.sentence ?? ""))
      append(bytesOf: keepsRecord ? entry : nil, to: &buffer)
      buffer.append(uuid: content.part.id)
      if entry.item < 0 { buffer.appendNull() } else { buffer.append(int32: entry.item) }
      try Self.flush(&buffer, into: &sink, above: Self.pieceBytes)
    }
  }

  private func message(of rejection: Rejection, _ entry: Batch.Entry, _ stream: Stream) -> String {
    let path = batch.withRaw { $0.payload(entry.raw).flatMap { rejection.path(in: $0) } }
    return rejection.message(in: stream, path: path)
  }

  /// Appends key, payload and headers; nulls where another row has them.
  private func append(bytesOf entry: Batch.Entry?, to buffer: inout CopyBuffer) {
    guard let entry else {
      for _ in 0..<3 { buffer.appendNull() }
      return
    }
    batch.withRaw { raw in
      for part in [raw.key(entry.raw), raw.payload(entry.raw)] {
        if let part { buffer.append(bytea: part) } else { buffer.appendNull() }
      }
      if entry.raw.headerCount == 0 {
        buffer.appendNull()
      } else {
        var json = HeadersJSON.text(raw, entry.raw)
        json.withUTF8 { buffer.append(jsonb: UnsafeRawBufferPointer($0)) }
      }
    }
  }

  /// A producer may write any 64-bit number; what no calendar has is stored as null.
  private func append(timestampOf entry: Batch.Entry, to buffer: inout CopyBuffer) {
    let millisecondsMax: Int64 = 253_402_300_799_999  // 9999-12-31T23:59:59.999Z
    if (0...millisecondsMax).contains(entry.timestampMilliseconds) {
      buffer.append(timestamp: Timestamp(unixMicroseconds: entry.timestampMilliseconds * 1000))
    } else {
      buffer.appendNull()
    }
  }

  private static func flush(
    _ buffer: inout CopyBuffer, into sink: inout CopySink, above bytes: Int
  ) throws(PostgresError) {
    guard buffer.count > bytes else { return }
    try sink.put(buffer.bytes)
    buffer.removeAll()
  }
}
