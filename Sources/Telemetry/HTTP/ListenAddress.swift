// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A numeric address and a port to listen on: `127.0.0.1:9464`, `[::1]:9464`, `:9464` (loopback).
package struct ListenAddress: Equatable, Sendable, CustomStringConvertible {
  package static let loopback = "127.0.0.1"

  package let host: String
  /// 0 lets the system choose.
  package let port: UInt16

  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    var host = String(text[..<colon])
    if host.hasPrefix("[") && host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    self.init(host: host.isEmpty ? Self.loopback : host, port: port)
  }

  package init?(host: String, port: UInt16) {
    self.host = host
    self.port = port
    guard unsafe withSocketAddress({ _, _ in true }) != nil else { return nil }
  }

  package var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

  var isIPv6: Bool { host.contains(":") }

  /// Calls `body` with the address in the system's form; nil if it is not a numeric address.
  func withSocketAddress<Result>(
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result? {
    if isIPv6 {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      guard unsafe inet_pton(AF_INET6, host, &address.sin6_addr) == 1 else { return nil }
      return unsafe Self.rebound(&address, body)
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    guard unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return nil }
    return unsafe Self.rebound(&address, body)
  }

  private static func rebound<Address, Result>(
    _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    let size = socklen_t(MemoryLayout<Address>.size)
    return unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, size) }
    }
  }
}
