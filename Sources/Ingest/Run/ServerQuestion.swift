// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A question to a server that may not answer: asked on a thread of its own, which a stop leaves
/// behind. So whatever it uses, such as a connection, is its own until the answer is there.
package final class ServerQuestion<Answer: Sendable>: @unchecked Sendable {
  // Sendable: `answer` is written before `done` is signalled and read after.
  private var answer: Answer?
  private let done = DispatchSemaphore(value: 0)

  package init(_ ask: @escaping @Sendable () -> Answer) {
    Thread.detachNewThread { [self] in
      answer = ask()
      done.signal()
    }
  }

  /// Waits for the answer; nil when a stop comes first.
  package func wait(isStopped: () -> Bool) -> Answer? {
    while done.wait(timeout: .now() + .milliseconds(Self.sliceMilliseconds)) != .success {
      if isStopped() { return nil }
    }
    return answer
  }

  private static var sliceMilliseconds: Int { 50 }
}
