// SPDX-License-Identifier: Apache-2.0

/// The batches that are being written, in the order of their offsets.
///
/// While one is settled (fenced, booked, committed) the next one may copy its rows on another
/// connection: it commits after it, or not at all, because its offsets begin where those end.
struct WriteTurns {
  private var writing: [Batch] = []
  private var copying: Batch?
  /// The first one failed once: its next attempts may need what the rows of others hold.
  var isAlone = false
  private var toldUntil = ContinuousClock.now

  var isIdle: Bool { writing.isEmpty }

  /// One copies at a time: of keys that two batches have, each could hold some and wait for the
  /// others, and for its turn, where the server does not see the circle.
  var mayBegin: Bool { copying == nil && !isAlone }

  func isFirst(_ batch: Batch) -> Bool { writing.first === batch }

  mutating func begin(_ batch: Batch) {
    if isIdle { toldUntil = .now }
    writing.append(batch)
    copying = batch
  }

  mutating func endCopy(of batch: Batch) {
    if copying === batch { copying = nil }
  }

  /// Returns for how long something was written since this was told last.
  mutating func end(_ batch: Batch) -> Duration {
    if isFirst(batch) { isAlone = false }
    endCopy(of: batch)
    writing.removeAll { $0 === batch }
    defer { toldUntil = .now }
    return toldUntil.duration(to: .now)
  }
}
