// SPDX-License-Identifier: Apache-2.0
import Files
import Foundation

/// A few frames that go round between the thread that fills and the thread that empties them.
///
/// No empty frame means that the other side is behind: the filling thread waits, which bounds the
/// memory. Whoever fails says so, and the other side ends.
final class FrameQueue: @unchecked Sendable {
  // Sendable: every stored property is read and written under `condition`, and a frame is used by
  // the one side that has taken it.
  private let condition = NSCondition()
  private var empty: [Frame]
  private var full: [Frame] = []
  private var isClosed = false
  private var failure: FileError?
  private var rows: Int64 = 0

  private static let frameCount = 3

  init(frameBytes: Int) {
    empty = (0..<Self.frameCount).map { _ in Frame(capacity: frameBytes) }
  }

  /// An empty frame; throws what the other side has failed with.
  func takeEmpty() throws(FileError) -> Frame {
    let frame: Frame? = condition.withLock {
      while empty.isEmpty, failure == nil { condition.wait() }
      return failure == nil ? empty.popLast() : nil
    }
    guard let frame else {
      throw error ?? FileError(.inputOutput, "the other thread has ended")
    }
    return frame
  }

  /// Hands a filled frame over.
  func submit(_ frame: Frame) {
    condition.withLock {
      full.append(frame)
      condition.signal()
    }
  }

  /// The next filled frame, in order; nil after `close` and after a failure.
  func takeFull() -> Frame? {
    condition.withLock {
      while full.isEmpty, !isClosed, failure == nil { condition.wait() }
      return failure == nil && !full.isEmpty ? full.removeFirst() : nil
    }
  }

  /// Gives an emptied frame back.
  func giveBack(_ frame: Frame) {
    condition.withLock {
      empty.append(frame)
      condition.signal()
    }
  }

  /// How many rows have been checked so far.
  func note(rows: Int64) {
    condition.withLock { self.rows = rows }
  }

  var rowCount: Int64 { condition.withLock { rows } }

  /// Nothing more will be submitted.
  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }

  /// Ends both sides; the first error counts.
  func fail(_ error: FileError) {
    condition.withLock {
      failure = failure ?? error
      condition.broadcast()
    }
  }

  /// What one side has failed with.
  var error: FileError? { condition.withLock { failure } }
}
