// SPDX-License-Identifier: Apache-2.0
import CCrypto

/// SHA-1, for UUIDs of version 5 only (RFC 9562).
package enum SHA1 {
  package static let byteCount = 20

  /// Writes 20 bytes and allocates nothing; from any thread.
  package static func digest(
    _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) {
    precondition(output.count >= byteCount, "a digest has \(byteCount) bytes")
    var state = SHA_CTX()
    unsafe SHA1_Init(&state)
    unsafe SHA1_Update(&state, bytes.baseAddress, bytes.count)
    unsafe SHA1_Final(output.baseAddress?.assumingMemoryBound(to: UInt8.self), &state)
  }
}
