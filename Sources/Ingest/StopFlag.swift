// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The request to stop, shared by all threads of an ingester.
package final class StopFlag: @unchecked Sendable {
  // Sendable: `requested` is read and written under `condition`.
  private let condition = NSCondition()
  private var requested = false

  package var isRequested: Bool { condition.withLock { requested } }

  package func request() {
    condition.withLock {
      requested = true
      condition.broadcast()
    }
  }

  /// Waits, but not longer than until the request.
  package func pause(milliseconds: Int) {
    condition.withLock {
      let deadline = Date(timeIntervalSinceNow: Double(milliseconds) / 1000)
      while !requested, condition.wait(until: deadline) {}
    }
  }
}

/// The codes of sysexits(3) that ingest ends with.
package enum ExitCode {
  package static let ok: Int32 = 0
  package static let checkFailed: Int32 = 1
  package static let unavailable: Int32 = 69
  package static let software: Int32 = 70
  package static let tempFail: Int32 = 75
  package static let noPermission: Int32 = 77
  package static let configuration: Int32 = 78
}
