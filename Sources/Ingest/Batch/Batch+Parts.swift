// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Records

/// What a batch is made of.
extension Batch {
  /// Where a record of the batch went.
  enum Path: BitwiseCopyable {
    /// Into the table itself.
    case direct
    /// Into the staging table: it may be a duplicate.
    case staged
    case rejected(Rejection)
  }

  /// One consumed record.
  struct Entry: BitwiseCopyable {
    var path: Path
    var span: Int32
    var offset: Int64
    /// Milliseconds since 1970; negative when the record has none.
    var timestampMilliseconds: Int64
    var raw: RawLayout
    /// The COPY tuple, in the rows of its stream; empty for a rejected record.
    var rowStart: Int
    var rowCount: Int
    var month: Int32
    /// Its hash; 0 for a rejected record.
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
    var seen = 0
    var direct = 0
    var rejected = 0
    /// The last consumed record, to be found again by the next owner.
    var anchor: Anchor?
    var lastEntry = -1

    /// Takes a record in.
    mutating func count(_ offset: Int64, _ path: Path, entry: Int) {
      next = offset + 1
      seen += 1
      lastEntry = entry
      switch path {
      case .direct: direct += 1
      case .rejected: rejected += 1
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
