// SPDX-License-Identifier: Apache-2.0
import Glibc

/// `inet` and `cidr` in binary form as text: with the netmask when it is not the whole address.
enum InetText {
  private static let headerBytes = 4
  private static let family4: UInt8 = 2
  private static let family6: UInt8 = 3
  private static let textBytesMax = 46

  static func text(_ bytes: UnsafeRawBufferPointer) -> String? {
    guard bytes.count >= headerBytes, let start = bytes.baseAddress else { return nil }
    let count = bytes.count - headerBytes
    let isVersion4 = bytes[0] == family4 && count == 4
    guard isVersion4 || bytes[0] == family6 && count == 16, Int(bytes[3]) == count,
      Int(bytes[1]) <= count * 8
    else { return nil }
    let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: textBytesMax) { buffer in
      inet_ntop(
        isVersion4 ? AF_INET : AF_INET6, start + headerBytes, buffer.baseAddress,
        socklen_t(buffer.count)
      ).map { String(cString: $0) }
    }
    let isCIDR = bytes[2] != 0
    return text.map { isCIDR || Int(bytes[1]) < count * 8 ? "\($0)/\(bytes[1])" : $0 }
  }
}
