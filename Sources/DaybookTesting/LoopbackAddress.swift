// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A port of 127.0.0.1, for the calls that take an address.
package struct LoopbackAddress {
  private var address = sockaddr_in()

  /// 0 leaves the choice to the kernel.
  package init(port: UInt16) {
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
  }

  var port: Int { Int(UInt16(bigEndian: address.sin_port)) }

  package func connect(_ descriptor: Int32) -> Bool {
    unsafe withGeneric { unsafe Glibc.connect(descriptor, $0, $1) } == 0
  }

  /// Listens at the port; after that `port` is the kernel's choice.
  mutating func listen(_ descriptor: Int32, backlog: Int32) -> Bool {
    guard unsafe withGeneric({ unsafe bind(descriptor, $0, $1) }) == 0,
      Glibc.listen(descriptor, backlog) == 0
    else { return false }
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(descriptor, $0, &length)
      }
    } == 0
  }

  private func withGeneric(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    unsafe withUnsafePointer(to: address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe call($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
