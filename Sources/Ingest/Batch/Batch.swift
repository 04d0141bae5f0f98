// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON
import Kafka
import PriceCatalog
import Records

/// What one transaction will write: rows that are COPY BINARY already, refusals, rollup deltas and
/// the offsets that they come from.
///
/// A worker has three, which go round between its filling and its two writing threads (`Handoff`);
/// each has one user at a time. All storage is kept between uses.
///
/// Invariant: Σ `entries[i].itemCount` = Σ `spans[i].seen`, and each entry is direct, staged,
/// rejected or skipped.
final class Batch: @unchecked Sendable {
  // Sendable: the hand-off gives a batch to one thread at a time, under its lock.

  let streams: [Stream]
  /// By stream; looked at for each record.
  private let hasRollup: [Bool]
  var id = UUIDBytes(high: 0, low: 0)
  /// When the writer took it up, by the server's clock.
  var writtenAt = Timestamp.now()
  /// The claim under which the records were read.
  var generation = 0
  /// The catalogue that priced the records: a database without it does not take them.
  var prices = PriceCatalog.Revision.none
  /// Nothing is known yet of what was stored before the claim.
  var isFirstOfClaim = false
  private(set) var entries: [Entry] = []
  var spans: [Span] = []
  private(set) var raw = RawRecords()
  /// By index of the entry that begins the record; refused ones.
  private(set) var cutPayloads: [Int: CutPayload] = [:]
  private(set) var rollups = RollupTable()
  /// How the accepted records came to their costs.
  var pricing = PricingCounts()
  /// Why items were skipped.
  var skips = SkippedItems()
  /// What the accepted records say that nobody reads.
  var unknownFields = UnknownFieldCounts()
  /// When the first record came, on the monotonic clock.
  private(set) var startedAt = ContinuousClock.now
  private var rowsByStream: UnsafeMutablePointer<Rows>

  init(streams: [Stream]) {
    self.streams = streams
    hasRollup = streams.map { $0.rollup != nil }
    rowsByStream = .allocate(capacity: streams.count)
    for index in streams.indices { (rowsByStream + index).initialize(to: Rows()) }
  }

  deinit {
    rowsByStream.deinitialize(count: streams.count)
    rowsByStream.deallocate()
  }

  var rollupCount: Int { rollups.count }

  func encodeRollups(into buffer: inout CopyBuffer) {
    rollups.encode(into: &buffer)
  }

  func withRaw<Result>(_ body: (borrowing RawRecords) throws -> Result) rethrows -> Result {
    try body(raw)
  }

  /// The earliest `occurred_at` among the accepted records of a table.
  func oldest(in table: String) -> Timestamp? {
    streams.firstIndex { $0.table == table }.flatMap { rowsByStream[$0].oldest }
  }

  func months(of stream: Int) -> [Month] { rowsByStream[stream].months }

  /// The accepted entries of one stream whose month is `months(of:)[month]`.
  func entries(of stream: Int, month: Int) -> [Int] {
    entries.indices.filter {
      entries[$0].month == Int32(month) && spans[Int(entries[$0].span)].stream == stream
    }
  }

  /// The entries of one stream whose rows go straight into its table.
  func directEntries(of stream: Int) -> some Sequence<Int> {
    entries.indices.lazy.filter { [entries, spans] index in
      guard case .direct = entries[index].path else { return false }
      return spans[Int(entries[index].span)].stream == stream
    }
  }

  /// Items of all kinds.
  var itemCount: Int { spans.reduce(0) { $0 + $1.seen } }

  /// Index of the stream of an entry.
  func stream(of entry: Int) -> Int { spans[Int(entries[entry].span)].stream }

  func table(of span: Span) -> String { streams[span.stream].table }

  /// The tuple of one accepted entry.
  func rowBytes(of index: Int) -> UnsafeRawBufferPointer {
    let entry = entries[index]
    let rows = rowsByStream + spans[Int(entry.span)].stream
    let bytes =
      if case .direct = entry.path { rows.pointee.direct.bytes } else { rows.pointee.staged.bytes }
    return UnsafeRawBufferPointer(rebasing: bytes[entry.rowStart..<entry.rowStart + entry.rowCount])
  }

  /// Fetches the tuple of an accepted entry into the cache, while another one is copied.
  func prefetchRow(of index: Int) {
    let row = rowBytes(of: index)
    if let memory = row.baseAddress { prefetch(memory, count: row.count) }
  }

  func withRows<Result>(of stream: Int, _ body: (borrowing Rows) throws -> Result) rethrows
    -> Result
  {
    try body(rowsByStream[stream])
  }

  var isEmpty: Bool { spans.isEmpty }

  var byteCount: Int {
    var count = raw.count
    for index in streams.indices {
      count += rowsByStream[index].direct.count + rowsByStream[index].staged.count
    }
    return count
  }

  func isFull(_ limits: BatchLimits) -> Bool {
    entries.count >= limits.recordCountMax || byteCount >= limits.byteCountMax
  }

  func isWorthWriting(_ limits: BatchLimits) -> Bool {
    entries.count >= limits.recordCountMin
  }

  func isDue(_ limits: BatchLimits) -> Bool {
    !isEmpty
      && startedAt.duration(to: .now) >= .milliseconds(limits.ageMillisecondsMax)
  }

  /// Makes the batch ready for a new use under a claim.
  func reset(generation: Int) {
    self.generation = generation
    entries.removeAll(keepingCapacity: true)
    spans.removeAll(keepingCapacity: true)
    raw.removeAll()
    cutPayloads.removeAll(keepingCapacity: true)
    rollups.removeAll()
    pricing = PricingCounts()
    skips.removeAll()
    unknownFields.removeAll()
    prices = .none
    isFirstOfClaim = false
    for index in streams.indices {
      rowsByStream[index].direct.removeAll()
      rowsByStream[index].direct.shrink(toCapacity: IngestLimits.retainedBufferBytesMax)
      rowsByStream[index].staged.removeAll()
      rowsByStream[index].staged.shrink(toCapacity: IngestLimits.retainedBufferBytesMax)
      rowsByStream[index].directCount = 0
      rowsByStream[index].stagedCount = 0
      rowsByStream[index].months.removeAll(keepingCapacity: true)
      rowsByStream[index].oldest = nil
    }
  }

  /// Opens a span; returns its index.
  func openSpan(_ span: Span) -> Int {
    if spans.isEmpty { startedAt = .now }
    spans.append(span)
    return spans.count - 1
  }

  /// Adds an accepted item, encoded by `decoder`, and moves its span on. All or nothing.
  func append(
    _ record: ConsumedRecord, decoder: RecordDecoder, stream: Int, identity: UInt64, staged: Bool,
    isZoned: Bool = false, provenance: Provenance
  ) {
    if !staged && hasRollup[stream] && !rollups.add(decoder, isZoned: isZoned) {
      return reject(record, Rejection(.outOfRange))
    }
    let rows = rowsByStream + stream
    let start: Int
    let count: Int
    if staged {
      start = rows.pointee.staged.count
      decoder.encode(into: &rows.pointee.staged, provenance: provenance)
      count = rows.pointee.staged.count - start
      rows.pointee.stagedCount += 1
    } else {
      start = rows.pointee.direct.count
      decoder.encode(into: &rows.pointee.direct, provenance: provenance)
      count = rows.pointee.direct.count - start
      rows.pointee.directCount += 1
    }
    let month = note(decoder.occurredAt, in: rows)
    add(
      record, path: staged ? .staged : .direct, rowStart: start, rowCount: count, month: month,
      identity: identity)
  }

  /// Adds a refused item, or a record that is refused as a whole, and moves its span on.
  func reject(_ record: ConsumedRecord, _ rejection: Rejection) {
    add(record, path: .rejected(rejection))
  }

  /// Adds the items of a record that are none of the stream's, after its others. A record without
  /// any items is added like this, too: it is consumed, and may be the anchor of its span.
  func skip(_ record: ConsumedRecord, count: Int) {
    add(record, path: .skipped(Int32(clamping: count)))
  }

  private func add(
    _ record: ConsumedRecord, path: Path, rowStart: Int = 0, rowCount: Int = 0, month: Int32 = -1,
    identity: UInt64 = 0
  ) {
    // The items of a record come one after the other, and share its bytes.
    var before: RawLayout?
    if let last = entries.last, Int(last.span) == record.span, last.offset == record.offset {
      before = last.raw
    }
    let entry = Entry(
      path: path, span: Int32(record.span), offset: record.offset, item: record.item,
      isFirst: before == nil, timestampMilliseconds: record.timestampMilliseconds,
      raw: before ?? keep(record), rowStart: rowStart, rowCount: rowCount, month: month,
      identity: identity)
    spans[record.span].count(entry, at: entries.count)
    entries.append(entry)
  }

  /// Keeps the bytes of a record; of a value that is too large for one the beginning.
  private func keep(_ record: ConsumedRecord) -> RawLayout {
    guard let payload = record.payload, payload.count > JSONLimits.payloadBytesMax else {
      return raw.append(record)
    }
    var record = record
    let kept = IngestLimits.keptPayloadBytesMax
    cutPayloads[entries.count] = CutPayload(payload, of: record, keptCount: kept)
    record.payload = UnsafeRawBufferPointer(rebasing: payload.prefix(kept))
    return raw.append(record)
  }

  /// Notes the time; returns the index of its month.
  private func note(_ time: Timestamp, in rows: UnsafeMutablePointer<Rows>) -> Int32 {
    rows.pointee.oldest = min(time, rows.pointee.oldest ?? time)
    let month = time.month
    if let index = rows.pointee.months.lastIndex(of: month) { return Int32(index) }
    rows.pointee.months.append(month)
    return Int32(rows.pointee.months.count - 1)
  }
}
