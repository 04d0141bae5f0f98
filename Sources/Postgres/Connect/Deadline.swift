// SPDX-License-Identifier: Apache-2.0

/// The instant at which an operation gives up, on a clock that nobody can set.
struct Deadline {
  let instant: ContinuousClock.Instant
  let allowance: Duration

  init(after allowance: Duration) {
    self.allowance = allowance
    instant = .now.advanced(by: allowance)
  }

  var hasPassed: Bool { ContinuousClock.now >= instant }

  var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: instant)) }

  /// What is left, in milliseconds for poll(2): rounded up, 0 when it has passed.
  var remainingMilliseconds: Int32 {
    let remaining = ContinuousClock.now.duration(to: instant)
    guard remaining > .zero else { return 0 }
    let parts = remaining.components
    guard parts.seconds < Self.pollSecondsMax else { return Int32(Self.pollSecondsMax * 1000) }
    return Int32(parts.seconds) * 1000 + Int32(parts.attoseconds / 1_000_000_000_000_000) + 1
  }

  /// One poll(2) never waits longer than this; the callers loop.
  private static let pollSecondsMax: Int64 = 3600
}
