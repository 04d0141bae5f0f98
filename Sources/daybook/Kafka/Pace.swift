// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Holds a load at a rate.
struct Pace {
  let perSecond: Int

  /// Sleeps until the `count`-th record is due.
  func wait(for count: Int, since start: ContinuousClock.Instant) {
    let due = start + .microseconds(Int64(Double(count) / Double(perSecond) * 1e6))
    let (seconds, attoseconds) = (due - .now).components
    guard seconds >= 0 && attoseconds > 0 else { return }
    var rest = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    var remaining = timespec()
    while unsafe nanosleep(&rest, &remaining) != 0 && errno == EINTR { rest = remaining }
  }
}
