// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A listening socket on 127.0.0.1 that accepts nothing and answers nothing: the kernel completes the
/// connection, and then there is silence.
package struct SilentServer: ~Copyable {
  package let port: Int
  private let descriptor: Int32

  /// `port` 0 takes a free one; `backlog` is how many connections the kernel completes.
  package init(port: UInt16 = 0, backlog: Int32 = 8) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    // The connections of the server before it on this port may still linger.
    var isReused: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<Int32>.size))
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    var isListening = false
    // A server that was killed gives its port back a moment later.
    for _ in 0..<Self.triesMax where !isListening {
      isListening = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
          bind(descriptor, pointer, length) == 0 && listen(descriptor, backlog) == 0
            && getsockname(descriptor, pointer, &length) == 0
        }
      }
      if !isListening { pause(Self.retry, because: "the kernel does not tell when") }
    }
    precondition(isListening, "no socket on port \(port) of 127.0.0.1")
    self.port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }

  private static let triesMax = 500
  private static let retry = Duration.milliseconds(10)
}
