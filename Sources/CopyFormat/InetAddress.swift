// SPDX-License-Identifier: Apache-2.0
import Glibc

/// An IPv4 or IPv6 host address: the value of PostgreSQL's `inet` without a netmask.
package struct InetAddress: BitwiseCopyable, Hashable, Sendable {
  /// 4 or 16.
  package let byteCount: Int
  /// Network order; an IPv4 address fills the upper 32 bits of `high`.
  package let high: UInt64
  package let low: UInt64

  /// The longest IPv6 text, `ffff:…:255.255.255.255`, in characters.
  private static let textBytesMax = 45

  /// Parses what inet_pton(3) takes: no port, no zone, no netmask.
  package init?(_ text: UnsafeRawBufferPointer) {
    guard (2...Self.textBytesMax).contains(text.count), !text.contains(0) else { return nil }
    let family = text.contains(UInt8(ascii: ":")) ? AF_INET6 : AF_INET
    var address: (UInt64, UInt64) = (0, 0)
    let parsed = withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { copy in
      for index in 0..<text.count { copy[index] = CChar(bitPattern: text[index]) }
      copy[text.count] = 0
      return copy.baseAddress.map { inet_pton(family, $0, &address) == 1 } ?? false
    }
    guard parsed else { return nil }
    byteCount = family == AF_INET ? 4 : 16
    high = UInt64(bigEndian: address.0)
    low = UInt64(bigEndian: address.1)
  }
}
