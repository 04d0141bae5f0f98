// SPDX-License-Identifier: Apache-2.0

/// SHA-256 for places where a digest is rare.
package enum SHA256 {
  /// 64 lower-case hexadecimal digits.
  package static func hex(of bytes: [UInt8]) -> String {
    var output = [UInt8](repeating: 0, count: SHA256Hasher.byteCount)
    output.withUnsafeMutableBytes { output in
      bytes.withUnsafeBytes { SHA256Hasher().digest($0, into: output) }
    }
    let digits = Array("0123456789abcdef")
    return String(output.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
