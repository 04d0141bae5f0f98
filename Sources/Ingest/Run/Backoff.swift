// SPDX-License-Identifier: Apache-2.0

/// Waits between attempts: doubling, with jitter, never above a maximum.
struct Backoff {
  static let millisecondsMin = 50
  static let millisecondsMax = 5000

  private(set) var attempts = 0

  /// The next wait: between half of the current step and the whole of it.
  mutating func next() -> Int {
    let step = min(Self.millisecondsMin << min(attempts, 16), Self.millisecondsMax)
    attempts += 1
    return Int.random(in: step / 2...step)
  }

  mutating func reset() {
    attempts = 0
  }
}
