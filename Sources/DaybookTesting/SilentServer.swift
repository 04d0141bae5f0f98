// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A listening socket on 127.0.0.1 that accepts nothing and answers nothing: the kernel completes
/// the connection, and then there is silence.
package struct SilentServer: ~Copyable {
  package let port: Int
  private let descriptor: Int32

  /// `port` 0 takes a free one; `backlog` is how many connections the kernel completes.
  package init(port: UInt16 = 0, backlog: Int32 = 8) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = LoopbackAddress(port: port)
    // The connections of the server before it on this port may still linger.
    var isReused: Int32 = 1
    unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<Int32>.size))
    var isListening = false
    // A server that was killed gives its port back a moment later.
    for _ in 0..<Self.triesMax where !isListening {
      isListening = address.listen(descriptor, backlog: backlog)
      if !isListening { pause(Self.retry, because: "the kernel does not tell when") }
    }
    precondition(isListening, "no socket on port \(port) of 127.0.0.1")
    self.port = address.port
  }

  deinit { close(descriptor) }

  private static let triesMax = 500
  private static let retry = Duration.milliseconds(10)
}
