// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Records

/// What a batch is made of.
extension Batch {
  /// Where an item of a record went; most records are their own.
  enum Path: BitwiseCopyable {
    /// Into the table itself.
    case direct
    /// Into the staging table: it may be a duplicate.
    case staged
    case rejected(Rejection)
    /// Nowhere: so many items of the record are none of the stream's. 0 stands for a record
    /// without items, which moves its offset all the same.
    case skipped(Int32)
  }

  /// One item of a consumed record; the skipped ones of a record are one entry.
  ///
  /// The entries of a record follow each other.
  struct Entry: BitwiseCopyable {
    var path: Path
    var span: Int32
    var offset: Int64
    /// Its index in the record, -1 where the record itself is the item or it is refused as a whole.
    var item: Int32
    /// Begins a record: a batch is cut here only.
    var isFirst: Bool
    /// Milliseconds since 1970; negative when the record has none.
    var timestampMilliseconds: Int64
    /// Of the record: its items share it.
    var raw: RawLayout
    /// The COPY tuple, in the rows of its stream; empty for what is rejected or skipped.
    var rowStart: Int
    var rowCount: Int
    var month: Int32
    /// Its hash; 0 for what is rejected or skipped.
    var identity: UInt64
  }

  /// Offsets `[from, next)` of one Kafka partition.
  struct Span {
    /// Index of its stream in the batch.
    var stream: Int
    var topic: String
    var partition: Int32
    var epoch: Int64
    var from: Int64
    var next: Int64
    var gaps: Int64 = 0
    /// Kafka records: `next - from` = records + gaps.
    var records = 0
    /// Items of these.
    var seen = 0
    var direct = 0
    var rejected = 0
    var skipped = 0
    /// The last consumed record, to be found again by the next owner.
    var anchor: Anchor?
    var lastEntry = -1

    /// Takes an entry in.
    mutating func count(_ entry: Entry, at index: Int) {
      next = entry.offset + 1
      if entry.isFirst { records += 1 }
      lastEntry = index
      seen += entry.itemCount
      switch entry.path {
      case .direct: direct += 1
      case .rejected: rejected += 1
      case .skipped(let count): skipped += Int(count)
      case .staged: break
      }
    }
  }

  /// Rows of one stream.
  struct Rows: ~Copyable {
    var direct = CopyBuffer(capacity: 1 << 20)
    var staged = CopyBuffer(capacity: 1 << 16)
    var directCount = 0
    var stagedCount = 0
    var months: [Month] = []
    /// The earliest `occurred_at`.
    var oldest: Timestamp?
  }
}

extension Batch.Entry {
  /// How many items it stands for.
  var itemCount: Int {
    if case .skipped(let count) = path { Int(count) } else { 1 }
  }

  /// Of entries that follow each other.
  func isOfSameRecord(as other: Batch.Entry) -> Bool {
    span == other.span && offset == other.offset
  }

  /// Key and payload as they are kept, if it is the one that stands for their record.
  var rawByteCount: Int {
    isFirst ? Int(max(0, raw.keyCount)) + Int(max(0, raw.payloadCount)) : 0
  }
}
