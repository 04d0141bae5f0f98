// SPDX-License-Identifier: Apache-2.0

/// SHA-1, for UUIDs of version 5 only (RFC 9562).
///
/// No allocation per digest; used by one thread at a time.
package final class SHA1Hasher {
  package static let byteCount = 20
  private let digest = EVPDigest("SHA1")

  package init() {}

  /// Writes 20 bytes.
  package func digest(
    _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) {
    digest.digest(bytes, into: output, byteCount: Self.byteCount)
  }
}
