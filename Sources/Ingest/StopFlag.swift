// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The request to stop, shared by all threads of an ingester.
final class StopFlag: @unchecked Sendable {
  // Sendable: `requested` is read and written under `condition`.
  private let condition = NSCondition()
  private var requested = false

  var isRequested: Bool { condition.withLock { requested } }

  func request() {
    condition.withLock {
      requested = true
      condition.broadcast()
    }
  }

  /// Waits, but not longer than until the request.
  func pause(milliseconds: Int) {
    condition.withLock {
      let deadline = Date(timeIntervalSinceNow: Double(milliseconds) / 1000)
      while !requested, condition.wait(until: deadline) {}
    }
  }
}

/// The codes of sysexits(3) that ingest ends with.
enum ExitCode {
  static let checkFailed: Int32 = 1
  static let unavailable: Int32 = 69
  static let tempFail: Int32 = 75
  static let configuration: Int32 = 78
}
