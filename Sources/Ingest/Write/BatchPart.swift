// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// What one transaction writes: a batch, or a stretch of one after a statement ran out of time.
///
/// A stretch is a range of entries. Those of a Kafka partition stand in the order of their offsets,
/// so it has contiguous offsets `[from, next)` of each; its spans are those of the batch, cut
/// there, with the record before the cut as their anchor. It has all items of a record or none: an
/// offset is consumed once.
struct BatchPart {
  let batch: Batch
  let id: UUIDBytes
  let entries: Range<Int>
  /// By index of the span of an entry; one that has nothing here ends where it begins.
  let spans: [Batch.Span]

  init(_ batch: Batch) {
    self.batch = batch
    id = batch.id
    entries = batch.entries.indices
    spans = batch.spans
  }

  private init(_ batch: Batch, id: UUIDBytes, _ entries: Range<Int>, _ spans: [Batch.Span]) {
    self.batch = batch
    self.id = id
    self.entries = entries
    self.spans = spans
  }

  var isWhole: Bool { entries == batch.entries.indices }

  /// Counted with the last part.
  var unknownFields: UnknownFieldCounts? {
    entries.upperBound == batch.entries.count ? batch.unknownFields : nil
  }

  /// The offsets that the part moves on.
  var movedSpans: [Batch.Span] { spans.filter { $0.from < $0.next } }

  /// Payload bytes plus encoded rows.
  var byteCount: Int {
    guard !isWhole else { return batch.byteCount }
    return batch.entries[entries].reduce(0) { sum, entry in
      sum + entry.rowCount + entry.rawByteCount
    }
  }

  /// Items of all kinds.
  var itemCount: Int { spans.reduce(0) { $0 + $1.seen } }

  /// The first half of the entries, then the rest; nil when there are too few, or when they are the
  /// items of one record.
  func halves(
    recordCountMin: Int, using random: inout some RandomNumberGenerator
  ) -> (first: BatchPart, rest: BatchPart)? {
    guard entries.count >= max(2, 2 * recordCountMin) else { return nil }
    let middle = entries.lowerBound + entries.count / 2
    if let halves = cut(at: middle, using: &random) { return halves }
    // The record that begins the part reaches beyond its middle.
    return cut(at: batch.record(of: middle).upperBound, using: &random)
  }

  /// The entries before `cut`, without those of the record that `cut` is in the middle of, then the
  /// rest; nil when either has none.
  func cut(
    at cut: Int, using random: inout some RandomNumberGenerator
  ) -> (first: BatchPart, rest: BatchPart)? {
    let cut = batch.recordStart(cut)
    guard entries.lowerBound < cut, cut < entries.upperBound else { return nil }
    let first = spans(of: entries.lowerBound..<cut)
    let rest = zip(spans, first).map { whole, first in
      var span = whole
      span.from = first.next
      span.records -= first.records
      span.seen -= first.seen
      span.direct -= first.direct
      span.rejected -= first.rejected
      span.skipped -= first.skipped
      span.gaps -= first.gaps
      return span
    }
    return (
      BatchPart(
        batch, id: .v7(at: batch.writtenAt, using: &random), entries.lowerBound..<cut, first),
      BatchPart(batch, id: .v7(at: batch.writtenAt, using: &random), cut..<entries.upperBound, rest)
    )
  }

  /// The spans as they are when only the first entries are taken.
  private func spans(of entries: Range<Int>) -> [Batch.Span] {
    var first = spans.map { span in
      Batch.Span(
        stream: span.stream, topic: span.topic, partition: span.partition, epoch: span.epoch,
        from: span.from, next: span.from, anchor: span.anchor)
    }
    for index in entries {
      let entry = batch.entries[index]
      first[Int(entry.span)].count(entry, at: index)
    }
    var hasher = AnchorHasher()
    for index in first.indices where first[index].records > 0 {
      guard first[index].records < spans[index].records else {
        first[index] = spans[index]
        continue
      }
      first[index].gaps = first[index].next - first[index].from - Int64(first[index].records)
      first[index].anchor = batch.anchor(of: first[index].lastEntry, &hasher)
    }
    return first
  }
}
