// SPDX-License-Identifier: Apache-2.0
import Foundation
import Telemetry

/// The request to end, and what has to be interrupted so that the end comes soon.
///
/// Safe from any thread.
package final class StopRequest: @unchecked Sendable {
  // Sendable: every stored property is read and written under `condition`.
  private let condition = MonotonicCondition()
  private var requested = false
  private var interrupt: (@Sendable () -> Void)?
  private var isInterrupting = false

  /// An interrupt that comes just before the work begins has no effect: it is repeated.
  static let repeatAfter = Duration.milliseconds(300)

  package init() {}

  package var isRequested: Bool { condition.withLock { requested } }

  package func request() {
    let isFirst = condition.withLock {
      defer {
        requested = true
        condition.broadcast()
      }
      return !requested
    }
    if isFirst { Thread.detachNewThread { self.interruptWork() } }
  }

  /// Waits, but not longer than until the request.
  package func pause(_ duration: Duration) {
    let deadline = ContinuousClock.now + duration
    condition.withLock {
      while !requested, condition.wait(until: deadline) {}
    }
  }

  /// Registers how to interrupt the work that begins now; false if the stop was requested before.
  func begin(_ interrupt: @escaping @Sendable () -> Void) -> Bool {
    condition.withLock {
      guard !requested else { return false }
      self.interrupt = interrupt
      return true
    }
  }

  /// The work has ended: from here on it is not interrupted any more.
  func end() {
    condition.withLock {
      interrupt = nil
      while isInterrupting { condition.wait() }
      condition.broadcast()
    }
  }

  private func interruptWork() {
    while let action = nextInterrupt() {
      action()
      condition.withLock {
        isInterrupting = false
        condition.broadcast()
        let next = ContinuousClock.now + Self.repeatAfter
        while interrupt != nil, condition.wait(until: next) {}
      }
    }
  }

  /// Nothing begins after a request, so that nil is the end.
  private func nextInterrupt() -> (@Sendable () -> Void)? {
    condition.withLock {
      isInterrupting = interrupt != nil
      return interrupt
    }
  }
}
