// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Kafka
import Records
import Telemetry

/// From message to batch: headers, decoder, duplicate filter, month check, row. One per worker,
/// used by its polling thread only; nothing is allocated for a record in the steady state.
final class BatchFiller {
  private let decoders: [RecordDecoder]
  private var reported: [DecoderCounters]
  private let streamOfSource: [Int]
  private let topics: [[UInt8]]
  /// By index of the source.
  private let keyMeanings: [KeyMeaning]
  private let months: MonthGate
  /// By stream: the months that may be stored, until the clock is read again.
  private var openMonths: [[Month]]
  private let references: ReferenceCache
  /// What the records of the open batch are made with.
  private var reference = ReferenceData.nothing
  private let filter: IdentityFilter
  private var hasher = AnchorHasher()
  private var headers = EnvelopeHeaders()
  private var packed = CopyBuffer(capacity: 1024)
  /// Read every few records: nobody needs `ingested_at` to the microsecond.
  private var clock: ClockReading

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
    clock = references.clock.reading
    openMonths = streams.map { _ in [] }
    topics = sources.map { Array($0.topic.utf8) }
    keyMeanings = sources.map(\.keyMeaning)
    decoders = streams.map { RecordDecoder(stream: $0, isStrict: settings.isStrict) }
    reported = streams.map { _ in DecoderCounters() }
    reportDropped()
  }

  func readClock() {
    clock = references.clock.reading
    for stream in openMonths.indices { openMonths[stream].removeAll(keepingCapacity: true) }
  }

  enum Outcome {
    case accepted
    case rejected
    /// Only one of two clocks that contradict each other calls it too new; the batch is not
    /// complete.
    case inDoubt
  }

  /// Takes one record into the batch.
  func append(
    _ message: borrowing Message, gap: Int64, _ state: inout PartitionState, into batch: Batch
  ) -> Outcome {
    let stream = streamOfSource[state.source]
    openSpan(&state, stream: stream, in: batch)
    batch.spans[state.span].gaps += gap
    var record = ConsumedRecord(
      span: state.span, offset: message.offset,
      timestampMilliseconds: message.timestampMilliseconds, key: message.key,
      payload: message.payload)
    let hasReadableHeaders = pack(message, into: &record)
    state.expected = message.offset + 1
    state.pendingAnchor = nil
    state.refetches = 0
    do throws(Rejection) {
      guard hasReadableHeaders else { throw Rejection(.badEnvelope) }
      try decode(record, source: state.source)
    } catch {
      if isInDoubt(error, record, source: state.source) { return .inDoubt }
      batch.reject(record, error)
      return .rejected
    }
    let decoder = decoders[stream]
    let verdict = decoder.price(with: reference.prices)
    let identity = decoder.identityHash
    let isSuspect = !filter.insert(identity)
    topics[state.source].withUnsafeBytes { topic in
      batch.append(
        record, decoder: decoder, stream: stream, identity: identity, staged: isSuspect,
        isZoned: reference.zoned.contains(decoder.tenant),
        provenance: Provenance(
          ingestedAt: clock.now, topic: topic, partition: message.partition, offset: message.offset)
      )
    }
    // The rollups may not have room for the numbers of the record.
    if case .rejected = batch.entries[batch.entries.count - 1].path {
      return .rejected
    }
    if let verdict { batch.pricing.count(verdict) }
    if decoder.hasUnknown {
      batch.unknownFields.count(
        decoder.unknown, source: state.source, sources: topics.count, partition: message.partition,
        offset: message.offset)
    }
    return .accepted
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

  /// Reports what the decoders have left out since the last report.
  func reportDropped() {
    for (index, decoder) in decoders.enumerated() {
      let counters = decoder.counters
      let before = reported[index]
      let table = streams[index].table
      for (field, now, then) in [
        ("content", counters.droppedContent, before.droppedContent),
        ("unknown", counters.unknownFields, before.unknownFields),
        ("unusable", counters.unusableValues, before.unusableValues),
        ("header_not_utf8", counters.nonUTF8Headers, before.nonUTF8Headers),
      ] {
        Metrics.fieldsDropped.add(now - then, [table, field])
      }
      Metrics.headerMismatches.add(counters.headerMismatches - before.headerMismatches, [table])
      reported[index] = counters
    }
  }

  /// Computes the anchor of every span from its last record, and names the unknown fields.
  func seal(_ batch: Batch, _ assignment: inout Assignment) {
    batch.unknownFields.seal { source, field in
      let stream = streamOfSource[source]
      return (
        String(decoding: topics[source], as: UTF8.self), streams[stream].table,
        decoders[stream].unknown.name(field)
      )
    }
    for index in assignment.states.indices where assignment[index].span >= 0 {
      let span = assignment[index].span
      let last = batch.spans[span].lastEntry
      if last >= 0 {
        assignment[index].anchor = batch.anchor(of: last, &hasher)
      }
      batch.spans[span].anchor = assignment[index].anchor
      assignment[index].span = -1
      assignment[index].checkedAt = .now
    }
  }

  private func decode(_ record: ConsumedRecord, source: Int) throws(Rejection) {
    let stream = streamOfSource[source]
    let decoder = decoders[stream]
    do throws(Rejection) {
      try decoder.decode(raw(record, source: source), now: clock.now)
    } catch {
      throw decoder.located(error)
    }
    let month = decoder.occurredAt.month
    if openMonths[stream].contains(month) { return }
    if months.state(month, of: streams[stream].table) == .refused {
      throw MonthGate.rejection(streams[stream])
    }
    openMonths[stream].append(month)
  }

  private func raw(_ record: ConsumedRecord, source: Int) -> RawRecord {
    RawRecord(
      payload: record.payload, key: record.key, keyMeaning: keyMeanings[source], headers: headers)
  }

  /// True if the server's clock calls the record too new, and the host's, which is far ahead of it,
  /// does not: nobody here knows which of them is wrong.
  private func isInDoubt(_ rejection: Rejection, _ record: ConsumedRecord, source: Int) -> Bool {
    guard rejection.reason == .tooNew, clock.isContradictory, clock.hostAhead > 0 else {
      return false
    }
    do throws(Rejection) {
      try decoders[streamOfSource[source]].decode(raw(record, source: source), now: clock.host)
      return true
    } catch {
      return error.reason != .tooNew
    }
  }

  /// Copies the headers behind each other and shows them to the decoder; false: they are
  /// unreadable.
  private func pack(_ message: borrowing Message, into record: inout ConsumedRecord) -> Bool {
    headers.reset()
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
