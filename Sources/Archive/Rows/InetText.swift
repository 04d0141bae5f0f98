// SPDX-License-Identifier: Apache-2.0
import Glibc

/// `inet` and `cidr` in binary form as text: with the netmask when it is not the whole address.
enum InetText {
  private static let headerBytes = 4
  private static let family4: UInt8 = 2
  private static let family6: UInt8 = 3
  private static let textBytesMax = 46

  static func text(_ bytes: RawSpan) -> String? {
    guard bytes.byteCount >= headerBytes else { return nil }
    let count = bytes.byteCount - headerBytes
    let (family, bits, isCIDR, size) = (bytes[0], Int(bytes[1]), bytes[2] != 0, Int(bytes[3]))
    let isVersion4 = family == family4 && count == 4
    guard isVersion4 || family == family6 && count == 16, size == count, bits <= count * 8 else {
      return nil
    }
    let address = bytes.extracting(droppingFirst: headerBytes)
    let text = unsafe address.withUnsafeBytes { address in
      unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: textBytesMax) { buffer in
        unsafe inet_ntop(
          isVersion4 ? AF_INET : AF_INET6, address.baseAddress, buffer.baseAddress,
          socklen_t(buffer.count)
        ).map { unsafe String(cString: $0) }
      }
    }
    return text.map { isCIDR || bits < count * 8 ? "\($0)/\(bits)" : $0 }
  }
}
