// SPDX-License-Identifier: Apache-2.0
import Telemetry

/// The request to stop, shared by all threads of an ingester.
final class StopFlag: @unchecked Sendable {
  // Sendable: `requestedAt` is read and written under `condition`.
  private let condition = MonotonicCondition()
  private var requestedAt: ContinuousClock.Instant?

  var isRequested: Bool { condition.withLock { requestedAt != nil } }

  func request() {
    condition.withLock {
      requestedAt = requestedAt ?? .now
      condition.broadcast()
    }
  }

  /// Waits, but not longer than until the request.
  func pause(milliseconds: Int) {
    let deadline = ContinuousClock.now + .milliseconds(milliseconds)
    condition.withLock {
      while requestedAt == nil, condition.wait(until: deadline) {}
    }
  }

  /// The end of what is allowed after the request; without one, after now.
  func deadline(_ allowance: Duration) -> ContinuousClock.Instant {
    condition.withLock { (requestedAt ?? .now) + allowance }
  }
}
