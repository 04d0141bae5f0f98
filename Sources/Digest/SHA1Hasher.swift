// SPDX-License-Identifier: Apache-2.0

/// SHA-1, for UUIDs of version 5 only (RFC 9562, section 5.5). Used by one thread at a time.
package final class SHA1Hasher {
  package static let byteCount = 20
  private let digest = EVPDigest("SHA1")

  package init() {}

  /// Writes 20 bytes, the digest of `first` and `second` behind each other.
  package func digest(
    _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) {
    digest.digest(first, second, into: output, byteCount: Self.byteCount)
  }
}
