// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
import Digest
import JSON
package import Pricing

/// Turns the bytes of one record into one row of its table, or says why not.
///
/// Everything is reused: decoding and encoding a record allocates nothing and touches no reference
/// count of its own. One decoder belongs to one thread. What it says about the last record holds
/// until the next `decode`, and only as long as the bytes of that record are there.
package final class RecordDecoder {
  package let stream: Stream
  package var counters: DecoderCounters { notes[0].counters }
  /// What of the last record looks like something that the stream is for and is not read.
  package var unknown: UnknownFields { notes[0].unknown }
  package var hasUnknown: Bool { notes[0].unknown.isInRecord }

  /// One.
  let notes: UnsafeMutableBufferPointer<RecordNotes>
  let plan: DecodePlan
  let unwrapper: Unwrapper
  /// Nil for records of Daybook's own contract.
  let translator: Translator?
  var eventID = EventID()
  private let arena: Arena
  /// One value for each column.
  let row: UnsafeMutableBufferPointer<Value>
  /// For each column the index of its token, or 0: token 0 is never a field.
  let found: UnsafeMutableBufferPointer<Int32>
  private let marks: UnsafeMutableBufferPointer<FieldFinder.Mark>
  /// Refuses records with such fields.
  private let isStrict: Bool
  private let parser: JSONParser
  private let seed: UInt64
  /// Every fault of a record that is examined; nil while the first one ends it.
  var faults: [Rejection]?
  /// The tape that the row borrows from; nil unless the body of the last record could be read.
  private(set) var tape: JSONTape?
  /// Whether the last record was.
  private(set) var isAccepted = false
  /// The columns that pricing has changed, as they were before, in COPY form; empty unless the
  /// last record was priced, or its tier folded.
  private var unpriced = CopyBuffer(capacity: 64)
  /// The provider as it was before it was folded, in COPY form; empty unless it was.
  private var sentProvider = CopyBuffer(capacity: ProviderNames.bytesMax)
  /// Whether one of these is not empty.
  private var isChanged = false
  /// Made when the first one comes.
  private var eventBatch: EventBatch?
  /// While the events of one are read.
  var openBatch: EventBatch?
  /// The record whose items are read.
  var opened: Opened?
  /// The index of the item that was read last, -1 where the record itself is the item.
  package internal(set) var item: Int32 = -1
  /// Why items are skipped: labels of a metric.
  package var skipNames: [String] { translator?.skipNames ?? [] }
  /// The headers that are read, none of them there yet.
  package var emptyHeaders: EnvelopeHeaders { translator?.emptyHeaders ?? EnvelopeHeaders() }

  /// `schemas` are those of framed records; without them only JSON in a frame is read.
  package init(
    stream: Stream, profile: Profile? = nil, isStrict: Bool = false, schemas: SchemaView? = nil
  ) {
    self.stream = stream
    self.isStrict = isStrict
    seed = UInt64.random(in: .min ... .max)
    let parser = JSONParser(seed: seed)
    self.parser = parser
    arena = Arena()
    plan = DecodePlan(stream, parser: parser)
    row = arena.allocate(repeating: .null, count: stream.columns.count)
    found = arena.allocate(repeating: 0, count: stream.columns.count)
    translator = profile.map { [plan, arena, seed, row, found] in
      Translator(
        $0, plan: plan, arena: arena, seed: seed, schemas: schemas, row: row, found: found)
    }
    unwrapper = Unwrapper(parser: parser, seed: seed, plan: plan)
    marks = arena.allocate(repeating: FieldFinder.Mark(), count: FieldFinder.marksMax)
    notes = arena.allocate(repeating: RecordNotes(unknown: UnknownFields(arena: arena)), count: 1)
  }

  /// Reads and checks a record that is its own item; `now` is the wall clock.
  ///
  /// Where its fault is, ``located(_:)`` tells.
  package func decode(_ record: RawRecord, now: Timestamp) throws(Rejection) {
    begin()
    try decode(try unwrapper.open(record, &notes[0].counters), now: now)
  }

  /// A record, and the wall clock when it was opened.
  struct Opened {
    let record: RawRecord
    let now: Timestamp
  }

  /// The reader of batches of events.
  func batchReader() -> EventBatch {
    let reader = eventBatch ?? EventBatch(seed: seed)
    eventBatch = reader
    return reader
  }

  /// Forgets the record before.
  func begin() {
    tape = nil
    isAccepted = false
    if isChanged {
      unpriced.removeAll()
      sentProvider.removeAll()
      isChanged = false
    }
    _ = row.update(fromContentsOf: plan.initial)
    found.update(repeating: 0)
    notes[0].unknown.beginRecord()
  }

  func decode(
    _ body: Unwrapper.Body, now: Timestamp, isTranslated: Bool = false
  ) throws(Rejection) {
    tape = body.tape
    var finder = FieldFinder(tape: body.tape, plan: plan, found: found, marks: marks)
    if isTranslated { finder.findKeys(&notes[0]) } else { finder.find(body.root, &notes[0]) }
    var ambiguous = finder.ambiguous
    while let column = ambiguous.popFirst() {
      try refuse(Rejection(.ambiguousField, column: column))
    }
    if let fill = finder.implied, found[fill.column] == 0 { row[fill.column] = fill.value }
    let stored = isTranslated ? translator?.stored : nil
    try fill(FieldReader(tape: body.tape, now: now), body.envelope, stored ?? ColumnSet())
    try applySignals(finder)
    try checkPresence(body)
    try checkRules()
    checkTotal(finder)
    if isStrict, hasUnknown { try refuse(Rejection(.unknownField)) }
    if let tier = plan.firstTier, tier.isTier(of: row), let pricing = plan.pricing {
      let sent = row[tier.column]
      row[tier.column] = tier.fingerprinted
      keepSent(pricing, body.tape)
      row[tier.column] = sent
    }
    isAccepted = true
  }

  package var id: UUIDBytes {
    if case .uuid(let id) = row[plan.id] { id } else { UUIDBytes(high: 0, low: 0) }
  }

  package var occurredAt: Timestamp {
    if case .timestamp(let time) = row[plan.occurredAt] { time } else { Timestamp(microseconds: 0) }
  }

  /// UTF-8, borrowed.
  package var tenant: UnsafeRawBufferPointer {
    row[plan.tenant].text ?? UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// A hash of tenant, time and id, for filters; its seed differs between processes.
  package var identityHash: UInt64 {
    IdentityHash.hash(tenant: tenant, occurredAt: occurredAt, id: id)
  }

  /// Gives the provider and the tier of the record that was decoded last their one name, and
  /// computes its cost, if it came without one; nil for a stream that is not priced. The
  /// fingerprint of the content stays that of what was sent.
  package func price(with book: PriceBook) -> PricingVerdict? {
    guard let pricing = plan.pricing, let tape, isAccepted else { return nil }
    let sent = pricing.fold(row, book)
    if !sent.isNull {
      isChanged = true
      sent.append(to: &sentProvider, tape: tape)
    }
    if let tier = pricing.tier(row) {
      keepSent(pricing, tape)
      row[pricing.serviceTier] = tier
    }
    guard row[pricing.cost].isNull else {
      return row[pricing.version].isNull ? .producer : .computed
    }
    switch pricing.outcome(row, book, at: occurredAt) {
    case nil: return .noUsage
    case .unpriced(let reason): return .unpriced(reason)
    case .priced(let price):
      keepSent(pricing, tape)
      pricing.store(price, in: row)
      return .computed
    }
  }

  private func keepSent(_ pricing: PricingPlan, _ tape: JSONTape) {
    guard unpriced.count == 0 else { return }
    isChanged = true
    append(pricing.columns, tape, to: &unpriced)
  }

  /// Appends one complete COPY tuple: the columns of ``Stream/storedColumns``.
  ///
  /// `content_sha256` is the digest of the encoded content columns as the producer sent them, so
  /// that two rows have the same content exactly when they have the same digest, whatever they were
  /// priced at. A column that a later release has added counts when it is there, with its number.
  package func encode(into buffer: inout CopyBuffer, provenance: Provenance) {
    guard let tape, isAccepted else { preconditionFailure("encode follows a successful decode") }
    buffer.beginRow(fieldCount: Int16(row.count + Stream.stampedColumns.count))
    var digest = InlineArray<32, UInt8>(repeating: 0)
    withUnsafeMutableBytes(of: &digest) { digest in
      let added = plan.firstReleaseCount..<row.count
      if isChanged || added.contains(where: { !row[$0].isNull }) {
        appendHashing(tape, to: &buffer, digest)
      } else {
        let start = buffer.count
        append(0..<added.lowerBound, tape, to: &buffer)
        let end = buffer.count
        append(added, tape, to: &buffer)
        SHA256.digest(UnsafeRawBufferPointer(rebasing: buffer.bytes[start..<end]), into: digest)
      }
      buffer.append(bytea: UnsafeRawBufferPointer(digest))
    }
    buffer.append(timestamp: provenance.ingestedAt)
    buffer.append(text: provenance.topic)
    buffer.append(int32: provenance.partition)
    buffer.append(int64: provenance.offset)
    if provenance.item < 0 { buffer.appendNull() } else { buffer.append(int32: provenance.item) }
  }

  private func append(
    _ columns: Range<Int>, _ tape: JSONTape, to buffer: inout CopyBuffer
  ) {
    for column in columns { row[column].append(to: &buffer, tape: tape) }
  }

  /// The row as it is stored goes to the buffer, the row as it was sent into the digest.
  private func appendHashing(
    _ tape: JSONTape, to buffer: inout CopyBuffer, _ digest: UnsafeMutableRawBufferPointer
  ) {
    var hash = SHA256Stream()
    let count = plan.firstReleaseCount
    if isChanged, let pricing = plan.pricing {
      let (provider, priced) = (pricing.provider, pricing.columns)
      append(0..<provider, tape, to: &buffer, sent: nil, &hash)
      append(
        provider..<provider + 1, tape, to: &buffer,
        sent: sentProvider.count > 0 ? sentProvider.bytes : nil, &hash)
      append(provider + 1..<priced.lowerBound, tape, to: &buffer, sent: nil, &hash)
      append(priced, tape, to: &buffer, sent: unpriced.count > 0 ? unpriced.bytes : nil, &hash)
      append(priced.upperBound..<count, tape, to: &buffer, sent: nil, &hash)
    } else {
      append(0..<count, tape, to: &buffer, sent: nil, &hash)
    }
    for column in count..<row.count {
      guard !row[column].isNull else {
        row[column].append(to: &buffer, tape: tape)
        continue
      }
      withUnsafeBytes(of: Int32(column).bigEndian) { hash.update($0) }
      append(column..<column + 1, tape, to: &buffer, sent: nil, &hash)
    }
    hash.finish(into: digest)
  }

  /// Appends columns; what was sent in their place, or they themselves, goes into the digest.
  private func append(
    _ columns: Range<Int>, _ tape: JSONTape, to buffer: inout CopyBuffer,
    sent: UnsafeRawBufferPointer?, _ hash: inout SHA256Stream
  ) {
    let start = buffer.count
    append(columns, tape, to: &buffer)
    hash.update(sent ?? UnsafeRawBufferPointer(rebasing: buffer.bytes[start...]))
  }
}
