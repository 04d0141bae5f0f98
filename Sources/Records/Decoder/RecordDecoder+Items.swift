// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// A record is read item by item: one that is its own item has one, a batch of a collector has many,
/// and each becomes a row, is skipped, or is refused by itself.
extension RecordDecoder {
  /// What became of one item.
  package enum ItemOutcome: BitwiseCopyable {
    case accepted
    /// It is none of the stream's; an index into ``skipNames``.
    case skipped(Int)
  }

  /// Begins a record; a record that cannot be read is refused here, as a whole.
  ///
  /// The record's bytes must stay where they are until its last item was read.
  package func open(_ record: RawRecord, now: Timestamp) throws(Rejection) {
    opened = (record, now)
    item = -1
  }

  /// Reads the next item; nil behind the last one. One that is refused does not end the record.
  package func next() throws(Rejection) -> ItemOutcome? {
    guard let (record, now) = opened else { return nil }
    opened = nil
    try decode(record, now: now)
    return .accepted
  }
}
