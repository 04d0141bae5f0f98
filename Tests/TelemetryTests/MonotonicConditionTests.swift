// SPDX-License-Identifier: Apache-2.0
import Foundation
import Telemetry
import Testing

@Suite struct MonotonicConditionTests {
  @Test func aWaitEndsAtItsTime() {
    let condition = MonotonicCondition()
    let start = ContinuousClock.now
    condition.withLock { while condition.wait(until: start + .milliseconds(50)) {} }
    let waited = start.duration(to: .now)
    #expect(waited >= .milliseconds(50) && waited < .seconds(5))
    condition.withLock { while condition.wait(until: start - .seconds(1)) {} }
  }

  @Test func aBroadcastEndsIt() {
    final class Flag: @unchecked Sendable {
      // Sendable: read and written under the lock of the condition.
      var isUp = false
    }
    let condition = MonotonicCondition()
    let flag = Flag()
    Thread.detachNewThread {
      condition.withLock {
        flag.isUp = true
        condition.broadcast()
      }
    }
    let start = ContinuousClock.now
    condition.withLock {
      while !flag.isUp, condition.wait(until: start + .seconds(30)) {}
    }
    #expect(start.duration(to: .now) < .seconds(10))
  }
}
