// SPDX-License-Identifier: Apache-2.0
import CCrypto

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
  package static let byteCount = 32

  /// Writes 32 bytes and allocates nothing; from any thread.
  package static func digest(
    _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) {
    precondition(output.count >= byteCount, "a digest has \(byteCount) bytes")
    var state = SHA256_CTX()
    unsafe SHA256_Init(&state)
    unsafe SHA256_Update(&state, bytes.baseAddress, bytes.count)
    unsafe SHA256_Final(output.baseAddress?.assumingMemoryBound(to: UInt8.self), &state)
  }

  /// 64 lower-case hexadecimal digits.
  package static func hex(of bytes: [UInt8]) -> String {
    unsafe bytes.withUnsafeBytes { unsafe hex(of: $0) }
  }

  /// 64 lower-case hexadecimal digits.
  package static func hex(of bytes: UnsafeRawBufferPointer) -> String {
    var output = [UInt8](repeating: 0, count: byteCount)
    unsafe output.withUnsafeMutableBytes { unsafe digest(bytes, into: $0) }
    return hex(digest: output)
  }

  static func hex(digest output: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(output.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
