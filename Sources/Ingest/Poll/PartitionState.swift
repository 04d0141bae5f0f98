// SPDX-License-Identifier: Apache-2.0
import Kafka

/// What the polling thread knows about a partition that it has claimed.
struct PartitionState {
  let topicPartition: TopicPartition
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
  /// Why its next record cannot be taken yet: it is paused meanwhile.
  var wait: Wait?
  /// Where the log begins and how far it reached, as the broker said last: neither goes back in the
  /// same log.
  var low: Int64
  var high: Int64 = 0
  /// When the anchor was last asked for, or a record came.
  var checkedAt = ContinuousClock.now
  /// Since when the log seems to end before the anchor.
  var shortSince: ContinuousClock.Instant?
  /// Index of its span in the batch that is being filled, or -1.
  var span = -1 {
    didSet { if span >= 0 { window.begin() } }
  }
  /// Times that the next record was asked for again.
  var refetches = 0
  private var window = RejectWindow()
  private var settled = SettledWindow()

  init(claimed: ClaimedPartition, source: Int, isContiguous: Bool) {
    topicPartition = TopicPartition(topic: claimed.topic, partition: claimed.partition)
    self.source = source
    epoch = claimed.epoch
    self.isContiguous = isContiguous
    expected = claimed.nextOffset
    committed = claimed.nextOffset
    anchor = claimed.anchor
    low = claimed.low
    haltReason = claimed.haltReason
  }

  var isHalted: Bool { haltReason != nil }

  /// Where fetching has to begin again: the anchor comes first as long as it was not compared.
  var fetchOffset: Int64 { pendingAnchor?.offset ?? expected }

  /// What the next record needs.
  enum Wait {
    /// The schema of this id.
    case schema(UInt32)
    /// Clocks that agree. It is looked at again then at the latest: its time comes nearer.
    case clocks(until: ContinuousClock.Instant)
  }

  /// What to do with the record or the end at an offset.
  enum Verdict: Equatable {
    case append(gap: Int64)
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
    return .append(gap: offset - expected)
  }

  /// The database shows that somebody has decided: a halt is over, or the epoch went up although
  /// nobody else has claimed. (Who has lost a partition to another owner learns it when it writes.)
  func isDecided(_ stored: StoredPosition, owner: String) -> Bool {
    guard stored.epoch > epoch else { return false }
    return isHalted ? !stored.isHalted : stored.owner == owner
  }

  /// Nothing has come for so long that the log is to be compared again.
  func isDue(at now: ContinuousClock.Instant) -> Bool {
    !isHalted && pendingAnchor == nil
      && checkedAt.duration(to: now) > .seconds(IngestLimits.idleProofSeconds)
  }

  /// The anchor was asked for, and the log has ended before it for too long.
  func seemsShort(at now: ContinuousClock.Instant) -> Bool {
    guard !isHalted, pendingAnchor != nil, let shortSince else { return false }
    return shortSince.duration(to: now) > .seconds(IngestLimits.shortLogSecondsMax)
  }

  /// The anchor has to come first again. One that retention has deleted cannot.
  mutating func prove() {
    pendingAnchor = anchor.flatMap { $0.offset >= low ? $0 : nil }
    checkedAt = .now
    shortSince = nil
    if pendingAnchor == nil, anchor != nil { ProofResult.gone.count() }
  }

  /// The log is the one that was read.
  mutating func proven() {
    pendingAnchor = nil
    shortSince = nil
  }

  /// Takes note of where the log begins and ends now; true if either went back.
  mutating func note(low: Int64, high: Int64) -> Bool {
    defer { (self.low, self.high) = (low, high) }
    return low < self.low || high < self.high
  }

  /// Back to where the batch began that holds this offset as its first.
  mutating func rewind(to from: Int64) {
    expected = from
    window.rewind()
  }

  /// Counts the items of a record; the share of rejected ones when a window is full.
  mutating func count(accepted: Int, rejected: Int) -> Double? {
    window.count(accepted: accepted, rejected: rejected)
  }

  /// The same for what was written; nil when it was judged as it came.
  mutating func count(_ share: RejectShare) -> Double? { settled.count(share) }
}
