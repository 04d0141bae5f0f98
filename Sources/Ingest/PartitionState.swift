// SPDX-License-Identifier: Apache-2.0
package import Kafka

/// What the polling thread knows about a partition that it has claimed.
package struct PartitionState {
  package let place: TopicPartition
  package let source: Int
  package let epoch: Int64
  package let isContiguous: Bool
  /// The offset of the next record to take.
  package var expected: Int64
  /// The record that must come first, and is passed over.
  package var pendingAnchor: Anchor?
  /// The last record taken.
  package var anchor: Anchor?
  /// Set while the partition waits for an operator.
  package var haltReason: String?
  /// Index of its span in the batch that is being filled, or -1.
  package var span = -1
  package var refetches = 0
  private var recentRecords = 0
  private var recentRejections = 0

  package init(claimed: ClaimedPartition, source: Int, isContiguous: Bool) {
    place = TopicPartition(topic: claimed.topic, partition: claimed.partition)
    self.source = source
    epoch = claimed.epoch
    self.isContiguous = isContiguous
    expected = claimed.nextOffset
    anchor = claimed.anchor
    haltReason = claimed.haltReason
  }

  package var isHalted: Bool { haltReason != nil }

  /// Where fetching has to begin again: the anchor comes first as long as it was not compared.
  package var fetchOffset: Int64 { pendingAnchor?.offset ?? expected }

  /// What to do with the record or the end at an offset.
  package enum Verdict: Equatable {
    case take(gap: Int64)
    /// Seen before, or the anchor.
    case pass
    /// The first record has to be compared with the anchor.
    case compare(Anchor)
    case halt(HaltReason, detail: String)
  }

  package func verdict(at offset: Int64) -> Verdict {
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
  package mutating func count(rejected: Bool) -> Double? {
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
