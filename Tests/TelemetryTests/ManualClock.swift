// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Time that passes when the test says so.
final class ManualClock: Sendable {
  private let now = Mutex<Int64>(1_000)

  var seconds: Int64 { now.withLock { $0 } }

  func advance(_ seconds: Int64) { now.withLock { $0 += seconds } }
}
