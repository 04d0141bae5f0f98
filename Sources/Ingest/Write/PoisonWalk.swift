// SPDX-License-Identifier: Apache-2.0

/// Which rows are tried next, when some of them are refused.
struct PoisonWalk {
  private let count: Int
  private(set) var start = 0
  private var step: Int
  /// Where a stretch ends that was refused as a whole: a refused row is before it.
  private var refusedEnd: Int?

  init(count: Int) {
    self.count = count
    step = count
  }

  /// Nil when every row is decided.
  var next: Range<Int>? {
    guard start < count else { return nil }
    guard let refusedEnd else { return start..<min(count, start + step) }
    // Once its beginning was taken, the rest needs no answer as a whole.
    return start..<start + max(1, min(step, (refusedEnd - start) / 2))
  }

  /// The answer for `next`; returns the row that is refused, once it stands alone.
  mutating func note(isRefused: Bool) -> Int? {
    guard let stretch = next else { return nil }
    guard isRefused else {
      start = stretch.upperBound
      step = stretch.count * 2
      if let end = refusedEnd, start >= end { refusedEnd = nil }
      return nil
    }
    guard stretch.count == 1 else {
      refusedEnd = stretch.upperBound
      step = stretch.count / 2
      return nil
    }
    start = stretch.upperBound
    step = 1
    refusedEnd = nil
    return stretch.lowerBound
  }
}
