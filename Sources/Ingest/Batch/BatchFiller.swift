// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Kafka
import Records
import Telemetry

/// From message to batch: headers, decoder, and for each item month check, duplicate filter, row.
/// One per worker, used by its polling thread only; nothing is allocated for a record in the steady
/// state.
final class BatchFiller {
  /// One for each way in which records become those of a stream.
  let decoders: [RecordDecoder]
  /// By index of the source.
  private let decoderOfSource: [Int]
  var reported: [DecoderCounters]
  let streamOfSource: [Int]
  let topics: [[UInt8]]
  /// The most that a decoder has.
  let skipReasonCount: Int
  /// By index of the source.
  private let keyMeanings: [KeyMeaning]
  private let months: MonthGate
  /// By stream: the months that may be stored, until the clock is read again.
  private var openMonths: [[Month]]
  private let references: ReferenceCache
  /// What the records of the open batch are made with.
  private var reference = ReferenceData.nothing
  private let filter: IdentityFilter
  let schemas: SchemaView?
  var hasher = AnchorHasher()
  private var headers = EnvelopeHeaders()
  private var packed = CopyBuffer(capacity: 1024)
  /// Read every few records: nobody needs `ingested_at` to the microsecond.
  private(set) var clock: ClockReading

  /// The streams of the sources, each once, in the order that batches use.
  let streams: [Stream]

  init(
    _ settings: IngestSettings, months: MonthGate, references: ReferenceCache,
    filter: IdentityFilter
  ) {
    let sources = settings.sources
    var streams: [Stream] = []
    var streamOfSource: [Int] = []
    for source in sources {
      if let index = streams.firstIndex(where: { $0.table == source.stream.table }) {
        streamOfSource.append(index)
      } else {
        streamOfSource.append(streams.count)
        streams.append(source.stream)
      }
    }
    self.streams = streams
    self.streamOfSource = streamOfSource
    self.months = months
    self.references = references
    self.filter = filter
    schemas = settings.schemas.map { SchemaView($0) }
    clock = references.clock.reading
    openMonths = streams.map { _ in [] }
    topics = sources.map { Array($0.topic.utf8) }
    keyMeanings = sources.map(\.keyMeaning)
    var ways: [(table: String, profile: Profile?)] = []
    var decoderOfSource: [Int] = []
    var decoders: [RecordDecoder] = []
    for source in sources {
      let known = ways.firstIndex {
        $0.table == source.stream.table && $0.profile == source.profile
      }
      decoderOfSource.append(known ?? ways.count)
      guard known == nil else { continue }
      ways.append((source.stream.table, source.profile))
      decoders.append(
        RecordDecoder(
          stream: source.stream, profile: source.profile, isStrict: settings.isStrict,
          schemas: schemas))
    }
    self.decoders = decoders
    self.decoderOfSource = decoderOfSource
    reported = decoders.map { _ in DecoderCounters() }
    skipReasonCount = decoders.reduce(0) { max($0, $1.skipNames.count) }
    reportDropped()
    for (source, decoder) in zip(sources, decoderOfSource) {
      for name in decoders[decoder].skipNames { Metrics.itemsSkipped.add(0, [source.topic, name]) }
    }
  }

  func decoder(of source: Int) -> RecordDecoder { decoders[decoderOfSource[source]] }

  func readClock() {
    clock = references.clock.reading
    for stream in openMonths.indices { openMonths[stream].removeAll(keepingCapacity: true) }
  }

  /// Takes one record into the batch, with all of its items.
  func append(
    _ message: borrowing Message, gap: Int64, _ state: inout PartitionState, into batch: Batch
  ) -> Outcome {
    let source = state.source
    if let id = decoder(of: source).awaitedSchema(of: message.payload) {
      return .awaitsSchema(id)
    }
    var record = ConsumedRecord(
      span: state.span, offset: message.offset,
      timestampMilliseconds: message.timestampMilliseconds, key: message.key,
      payload: message.payload)
    let hasReadableHeaders = pack(message, into: &record, decoder(of: source))
    // A span without records could not be written: it is opened when the record is taken.
    if hasReadableHeaders, isInDoubt(record, source: source) { return .inDoubt }
    openSpan(&state, stream: streamOfSource[source], in: batch)
    record.span = state.span
    batch.spans[state.span].gaps += gap
    state.expected = message.offset + 1
    state.pendingAnchor = nil
    state.refetches = 0
    do throws(Rejection) {
      guard hasReadableHeaders else { throw Rejection(.badEnvelope) }
      try open(record, source: source, now: clock.now)
    } catch {
      batch.reject(record, error)
      return .taken(accepted: 0, rejected: 1)
    }
    return appendItems(of: record, source: source, partition: message.partition, to: batch)
  }

  private func appendItems(
    of record: ConsumedRecord, source: Int, partition: Int32, to batch: Batch
  ) -> Outcome {
    let decoder = decoder(of: source)
    var record = record
    var (accepted, rejected, skipped) = (0, 0, 0)
    while true {
      do throws(Rejection) {
        guard let outcome = try next(decoder) else { break }
        record.item = decoder.item
        switch outcome {
        case .skipped(let reason):
          skipped += 1
          batch.skips.count(
            reason, source: source, sources: topics.count, reasons: skipReasonCount)
        case .accepted:
          try checkMonth(of: decoder, stream: streamOfSource[source])
          if appendItem(record, decoder, source: source, partition: partition, to: batch) {
            accepted += 1
          } else {
            rejected += 1
          }
        }
      } catch {
        record.item = decoder.item
        batch.reject(record, error)
        rejected += 1
      }
    }
    record.item = -1
    if skipped > 0 || accepted + rejected == 0 { batch.skip(record, count: skipped) }
    return .taken(accepted: accepted, rejected: rejected)
  }

  /// Adds the item that was decoded last; false if it was refused all the same.
  private func appendItem(
    _ record: ConsumedRecord, _ decoder: RecordDecoder, source: Int, partition: Int32,
    to batch: Batch
  ) -> Bool {
    let identity = decoder.identityHash
    filter.fetch(identity)
    let verdict = decoder.price(with: reference.prices)
    // Also of another item of the same record.
    let isSuspect = !filter.insert(identity)
    topics[source].withUnsafeBytes { topic in
      batch.append(
        record, decoder: decoder, stream: streamOfSource[source], identity: identity,
        staged: isSuspect, isZoned: reference.zoned.contains(decoder.tenant),
        provenance: Provenance(
          ingestedAt: clock.now, topic: topic, partition: partition, offset: record.offset,
          item: record.item))
    }
    // The rollups may not have room for the numbers of the record.
    if case .rejected = batch.entries[batch.entries.count - 1].path { return false }
    if let verdict { batch.pricing.count(verdict) }
    if !decoder.unknown.last.isEmpty {
      batch.unknownFields.count(
        decoder.unknown, source: source, sources: topics.count, partition: partition,
        offset: record.offset)
    }
    return true
  }

  /// Moves a partition on over offsets that hold no record.
  func skip(to offset: Int64, _ state: inout PartitionState, in batch: Batch) {
    openSpan(&state, stream: streamOfSource[state.source], in: batch)
    batch.spans[state.span].gaps += offset - state.expected
    batch.spans[state.span].next = offset
    state.expected = offset
  }

  /// The records of the batch are read again.
  func forget(_ batch: Batch) { filter.forget(batch) }

  /// Compares the first record of a claimed partition with the last one that was consumed.
  func matches(_ anchor: Anchor, _ message: borrowing Message) -> Bool {
    hasher.anchor(of: message) == anchor
  }

  func open(
    _ record: ConsumedRecord, source: Int, now: Timestamp
  ) throws(Rejection) {
    let decoder = decoder(of: source)
    do throws(Rejection) {
      try decoder.open(
        RawRecord(
          payload: record.payload, key: record.key, keyMeaning: keyMeanings[source],
          headers: headers), now: now)
    } catch {
      throw decoder.located(error)
    }
  }

  private func next(_ decoder: RecordDecoder) throws(Rejection) -> RecordDecoder.ItemOutcome? {
    do throws(Rejection) { return try decoder.next() } catch { throw decoder.located(error) }
  }

  private func checkMonth(of decoder: RecordDecoder, stream: Int) throws(Rejection) {
    let month = decoder.occurredAt.month
    if openMonths[stream].contains(month) { return }
    if months.state(month, of: streams[stream].table) == .refused {
      throw MonthGate.rejection(streams[stream])
    }
    openMonths[stream].append(month)
  }

  /// Copies the headers behind each other and shows them to the decoder; false: they are
  /// unreadable.
  private func pack(
    _ message: borrowing Message, into record: inout ConsumedRecord, _ decoder: RecordDecoder
  ) -> Bool {
    headers = decoder.emptyHeaders
    packed.removeAll()
    var count: Int32 = 0
    let isReadable = message.forEachHeader { name, value in
      headers.add(name: name, value: value)
      packed.append(native: Int32(truncatingIfNeeded: name.count))
      packed.append(native: Int32(truncatingIfNeeded: value?.count ?? -1))
      packed.append(bytes: name)
      if let value { packed.append(bytes: value) }
      count += 1
    }
    if count > 0 { record.headers = PackedHeaders(count: count, bytes: packed.bytes) }
    return isReadable
  }

  private func openSpan(_ state: inout PartitionState, stream: Int, in batch: Batch) {
    guard state.span < 0 else { return }
    if batch.isEmpty {
      reference = references.current
      batch.prices = reference.revision
    }
    state.span = batch.openSpan(
      Batch.Span(
        stream: stream, topic: state.topicPartition.topic,
        partition: state.topicPartition.partition,
        epoch: state.epoch, from: state.expected, next: state.expected))
  }
}
