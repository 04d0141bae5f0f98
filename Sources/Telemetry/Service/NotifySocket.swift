// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Where a service manager listens: a Unix datagram socket by its path, or by `@` and an abstract
/// name.
struct NotifySocket: Sendable {
  /// As `sun_path` has it: an abstract name begins with NUL.
  private let name: [UInt8]

  /// Nil for what is neither, or too long for the system.
  init?(_ text: String) {
    var bytes = Array(text.utf8)
    guard bytes.count > 1, bytes.count < Self.bytesMax, !bytes.contains(0) else { return nil }
    switch bytes[0] {
    case UInt8(ascii: "/"): break
    case UInt8(ascii: "@"): bytes[0] = 0
    default: return nil
    }
    name = bytes
  }

  /// Sends one datagram, from a socket of its own; the errno of what went wrong, or nil.
  ///
  /// Waits while the receiver's queue is full.
  func send(_ text: String) -> Int32? {
    let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    let bytes = Array(text.utf8)
    let sent = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe sendto(
          descriptor, bytes, bytes.count, Int32(truncatingIfNeeded: MSG_NOSIGNAL), $0, length)
      }
    }
    return sent < 0 ? errno : nil
  }

  private static let bytesMax = MemoryLayout.size(ofValue: sockaddr_un().sun_path)
}
