// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest

/// Turns the `id` of a CloudEvent into the id of a row.
struct EventID: ~Copyable {
  /// The namespace of URLs (RFC 9562, section 6.6), because `source` is a URI reference.
  private static let namespace = UUIDBytes(
    high: 0x6ba7_b811_9dad_11d1, low: 0x80b4_00c0_4fd4_30c8)

  /// The namespace, `source`, NUL, `id`.
  private var name = CopyBuffer(capacity: 1024)

  init() {}

  /// The id itself when it is a UUID, else the UUID of version 5 of `source`, NUL and `id`:
  /// CloudEvents makes only the pair unique.
  mutating func uuid(
    source: UnsafeRawBufferPointer, id: UnsafeRawBufferPointer
  ) -> UUIDBytes {
    if let uuid = UUIDBytes(id) { return uuid }
    name.removeAll()
    name.append(raw: Self.namespace.high)
    name.append(raw: Self.namespace.low)
    name.append(bytes: source)
    name.append(raw: UInt8(0))
    name.append(bytes: id)
    return Self.version5(of: name.bytes)
  }

  static let namespaceBytes = 16

  static func writeNamespace(to bytes: UnsafeMutableRawBufferPointer) {
    bytes.storeBytes(of: namespace.high.bigEndian, as: UInt64.self)
    bytes.storeBytes(of: namespace.low.bigEndian, toByteOffset: 8, as: UInt64.self)
  }

  /// The UUID of version 5 (RFC 9562, 5.5) of a namespace and a name behind it.
  static func version5(of name: UnsafeRawBufferPointer) -> UUIDBytes {
    var digest = InlineArray<20, UInt8>(repeating: 0)
    withUnsafeMutableBytes(of: &digest) { SHA1.digest(name, into: $0) }
    return withUnsafeBytes(of: digest) { digest in
      let high = UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
      let low = UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      return UUIDBytes(
        high: high & ~0xf000 | 0x5000, low: low & (1 << 62 - 1) | 1 << 63)
    }
  }
}
