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

  /// A clock that is set back prolongs a wait for a `Date` and a DispatchWallTime: nothing waits so.
  @Test func nothingInTheSourcesWaitsByTheWallClock() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let sources = root.appendingPathComponent("Sources")
    let files = try #require(FileManager.default.enumerator(atPath: sources.path))
    let forbidden = [
      "Date(timeInterval", "Date()", "wallDeadline", "DispatchWallTime",
    ]
    var found: [String] = []
    var count = 0
    for case let name as String in files where name.hasSuffix(".swift") {
      let file = sources.appendingPathComponent(name)
      let code = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        .filter { !$0.drop(while: \.isWhitespace).hasPrefix("//") }
      count += 1
      for word in forbidden where code.contains(where: { $0.contains(word) }) {
        found.append("\(name): \(word)")
      }
    }
    #expect(count > 100)
    #expect(found == [])
  }
}
