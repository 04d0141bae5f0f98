// SPDX-License-Identifier: Apache-2.0

/// A partition as the claim returned it.
struct ClaimedPartition: Equatable {
  var topic: String
  var partition: Int32
  var nextOffset: Int64
  var epoch: Int64
  var anchor: Anchor?
  /// The first offset of the log at the claim.
  var low: Int64 = 0
  /// The stored halt, if there is one.
  var haltReason: String?
}

/// Where to begin with a claimed partition: a pure function of what the database and the broker
/// say.
///
/// Offsets that do not fit are never adapted. Whatever happened (retention passed us, a truncated
/// log, a topic made again) an operator has to know, because records are at stake.
enum StartDecision: Equatable {
  /// Begin here; the first record must be the anchor if there is one.
  case fetch(from: Int64, anchor: Anchor?)
  case halt(HaltReason, detail: String)
  /// It was halted before, and a restart decides nothing.
  case stayHalted(reason: String)

  init(_ claimed: ClaimedPartition, low: Int64, high: Int64) {
    let next = claimed.nextOffset
    if let reason = claimed.haltReason {
      self = .stayHalted(reason: reason)
    } else if next < low {
      self = .halt(
        .offsetBelowLowWatermark,
        detail: "records [\(next), \(low)) are gone from the log: \(low - next) records")
    } else if next > high {
      self = .halt(
        .offsetBeyondHighWatermark,
        detail: "the log ends at \(high), \(next - high) records before the stored offset \(next)")
    } else if let anchor = claimed.anchor, anchor.offset >= low {
      self = .fetch(from: anchor.offset, anchor: anchor)
    } else {
      self = .fetch(from: next, anchor: nil)
    }
  }
}

/// Stable codes of `ingest_offsets.halt_reason`; three more are given by the claim.
enum HaltReason: String {
  case offsetBelowLowWatermark = "offset_below_low_watermark"
  case offsetBeyondHighWatermark = "offset_beyond_high_watermark"
  case offsetOutOfRange = "offset_out_of_range"
  case logIdentityChanged = "log_identity_changed"
  case offsetGap = "offset_gap"
  case corruptRecords = "corrupt_records"
  case rejectRatio = "reject_ratio"
}
