// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Listens as a service manager does, at a Unix datagram socket.
///
/// For one thread.
package final class NotifyListener {
  /// What `NOTIFY_SOCKET` is to be.
  package let address: String
  private let descriptor: Int32
  private var received: [String] = []

  /// `isAbstract`: at a name without a file.
  package init(isAbstract: Bool = false) {
    let name = "daybook-notify-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    address = isAbstract ? "@" + name : "/tmp/" + name
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
    var system = sockaddr_un()
    system.sun_family = sa_family_t(AF_UNIX)
    var path = Array(address.utf8)
    if isAbstract { path[0] = 0 }
    unsafe withUnsafeMutableBytes(of: &system.sun_path) { unsafe $0.copyBytes(from: path) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    let isBound = unsafe withUnsafePointer(to: &system) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, length)
      }
    }
    precondition(isBound == 0, "no socket at \(address)")
  }

  deinit {
    close(descriptor)
    unsafe unlink(address)
  }

  /// Every message that has come so far.
  package var messages: [String] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    while case let count = unsafe recv(descriptor, &bytes, bytes.count, 0), count > 0 {
      received.append(String(decoding: bytes[..<count], as: UTF8.self))
    }
    return received
  }

  package func count(of message: String) -> Int { messages.count { $0 == message } }
}
