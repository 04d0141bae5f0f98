// SPDX-License-Identifier: Apache-2.0
import CCrypto

/// SHA-256 of bytes that come piece by piece; allocates nothing until the end.
///
/// Not copyable: a digest has one end. Used by one thread at a time.
package struct SHA256Stream: ~Copyable, Sendable {
  private var state = SHA256_CTX()

  package init() {
    unsafe SHA256_Init(&state)
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    unsafe SHA256_Update(&state, bytes.baseAddress, bytes.count)
  }

  /// Writes 32 bytes and allocates nothing.
  package consuming func finish(into output: UnsafeMutableRawBufferPointer) {
    precondition(output.count >= SHA256.byteCount, "a digest has \(SHA256.byteCount) bytes")
    unsafe SHA256_Final(output.baseAddress?.assumingMemoryBound(to: UInt8.self), &state)
  }

  /// The digest of the bytes until now, as `finish` writes it; more may follow.
  package var current: String {
    var copy = state
    var output = [UInt8](repeating: 0, count: SHA256.byteCount)
    unsafe SHA256_Final(&output, &copy)
    return SHA256.hex(digest: output)
  }

  /// 64 lower-case hexadecimal digits.
  package consuming func finish() -> String {
    var output = [UInt8](repeating: 0, count: SHA256.byteCount)
    unsafe SHA256_Final(&output, &state)
    return SHA256.hex(digest: output)
  }
}
