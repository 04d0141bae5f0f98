// SPDX-License-Identifier: Apache-2.0
import Kafka

/// What the polling thread knows about a partition that it has claimed.
struct PartitionState {
  let place: TopicPartition
  let source: Int
  let epoch: Int64
  let isContiguous: Bool
  /// The offset of the next record to take.
  var expected: Int64
  /// What the database has; the lag is measured from here.
  var committed: Int64
  /// The record that must come first, and is passed over.
  var pendingAnchor: Anchor?
  /// The last record taken.
  var anchor: Anchor?
  /// Set while the partition waits for an operator.
  var haltReason: String?
  /// Index of its span in the batch that is being filled, or -1.
  var span = -1
  /// Times that the next record was asked for again.
  var refetches = 0
  private var recentRecords = 0
  private var recentRejections = 0

  init(claimed: ClaimedPartition, source: Int, isContiguous: Bool) {
    place = TopicPartition(topic: claimed.topic, partition: claimed.partition)
    self.source = source
    epoch = claimed.epoch
    self.isContiguous = isContiguous
    expected = claimed.nextOffset
    committed = claimed.nextOffset
    anchor = claimed.anchor
    haltReason = claimed.haltReason
  }

  var isHalted: Bool { haltReason != nil }

  /// Where fetching has to begin again: the anchor comes first as long as it was not compared.
  var fetchOffset: Int64 { pendingAnchor?.offset ?? expected }

  /// What to do with the record or the end at an offset.
  enum Verdict: Equatable {
    case take(gap: Int64)
    /// Seen before, or the anchor.
    case pass
    /// The first record has to be compared with the anchor.
    case compare(Anchor)
    case halt(HaltReason, detail: String)
  }

  func verdict(at offset: Int64) -> Verdict {
    if let pendingAnchor {
      if offset == pendingAnchor.offset { return .compare(pendingAnchor) }
      if offset < pendingAnchor.offset { return .pass }
      if isContiguous {
        return .halt(
          .logIdentityChanged,
          detail: "record \(pendingAnchor.offset), read before, is no longer in the log; "
            + "the log goes on at \(offset)")
      }
    }
    if offset < expected { return .pass }
    if offset > expected, isContiguous {
      return .halt(
        .offsetGap,
        detail: "records [\(expected), \(offset)) are missing: \(offset - expected) offsets")
    }
    return .take(gap: offset - expected)
  }

  /// Counts a record; the share of rejected ones when a window is full.
  mutating func count(rejected: Bool) -> Double? {
    recentRecords += 1
    if rejected { recentRejections += 1 }
    guard recentRecords == IngestLimits.rejectWindowRecords else { return nil }
    defer {
      recentRecords = 0
      recentRejections = 0
    }
    return Double(recentRejections) / Double(recentRecords)
  }
}
