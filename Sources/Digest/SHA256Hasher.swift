// SPDX-License-Identifier: Apache-2.0

/// SHA-256 (FIPS 180-4) without an allocation per digest. Used by one thread at a time.
package final class SHA256Hasher {
  package static let byteCount = 32
  private let digest = EVPDigest("SHA256")

  package init() {}

  /// Writes 32 bytes.
  package func digest(
    _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) {
    digest.digest(bytes, into: output, byteCount: Self.byteCount)
  }
}
