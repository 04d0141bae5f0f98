// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// A record is read item by item: one that is its own item has one, a batch of a collector has
/// many, and each becomes a row, is skipped, or is refused by itself.
extension RecordDecoder {
  /// What became of one item.
  package enum ItemOutcome: BitwiseCopyable, Hashable {
    case accepted
    /// It is none of the stream's; an index into ``skipNames``.
    case skipped(Int)
  }

  /// The schema that a record has to wait for before it is opened; nil for none.
  package func awaitedSchema(of payload: UnsafeRawBufferPointer?) -> UInt32? {
    translator?.awaitedSchema(of: payload)
  }

  /// Begins a record; a record that cannot be read is refused here, as a whole.
  ///
  /// The record's bytes must stay where they are until its last item was read.
  package func open(_ record: RawRecord, now: Timestamp) throws(Rejection) {
    opened = Opened(record: record, now: now)
    openBatch = nil
    item = -1
    guard let translator else {
      guard EventBatch.mayBe(record) else { return }
      begin()
      let batch = batchReader()
      if try batch.open(record) { openBatch = batch }
      return
    }
    do throws(Rejection) {
      begin()
      try Unwrapper.checkEncoding(record.headers)
      try translator.open(record, &notes[0].counters)
    } catch {
      opened = nil
      throw error
    }
  }

  /// Reads the next item; nil behind the last one. One that is refused does not end the record.
  package func next() throws(Rejection) -> ItemOutcome? {
    guard let translator else { return try nextOwn() }
    guard let record = opened?.record, let now = opened?.now else { return nil }
    begin()
    defer { item = translator.last }
    let outcome = try translator.next(&notes[0]) { rejection throws(Rejection) in
      try refuse(rejection)
    }
    switch outcome {
    case nil:
      opened = nil
      return nil
    case .skipped(let rule):
      // What is not stored is nothing to tell of.
      notes[0].unknown.beginRecord()
      return .skipped(rule)
    case .record(let tape):
      var headers = record.headers
      _ = headers.dropNonUTF8()
      // The attributes of an event are those of the whole record.
      if translator.last >= 0 || !headers.isEvent { headers.dropEvent() }
      let body = Unwrapper.Body(
        tape: tape, root: 0, envelope: Envelope(record, headers: headers))
      try decode(body, now: now, isTranslated: true)
      return .accepted
    }
  }

  /// The record itself, or the next event of a batch.
  private func nextOwn() throws(Rejection) -> ItemOutcome? {
    guard let record = opened?.record, let now = opened?.now else { return nil }
    guard let openBatch else {
      opened = nil
      try decode(record, now: now)
      return .accepted
    }
    guard let event = openBatch.nextEvent() else {
      opened = nil
      self.openBatch = nil
      return nil
    }
    item = openBatch.last
    try decode(event, now: now)
    return .accepted
  }

  /// The next item with everything that is wrong with it; nothing of it is stored.
  package func examineNext() -> (outcome: ItemOutcome?, faults: [Rejection]) {
    faults = []
    defer { faults = nil }
    do throws(Rejection) {
      let outcome = try next()
      return (outcome, (faults ?? []).map(located))
    } catch {
      return (nil, (faults ?? []).map(located) + [located(error)])
    }
  }
}
