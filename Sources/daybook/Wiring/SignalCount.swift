// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// How many stop signals have come.
final class SignalCount: Sendable {
  private let count = Atomic<Int>(0)

  /// Counts one more and returns how many that makes.
  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
