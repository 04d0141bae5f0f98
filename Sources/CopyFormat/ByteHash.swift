// SPDX-License-Identifier: Apache-2.0

/// A fast hash of bytes for tables in memory, with a seed of this process, so that no sender can
/// choose keys that collide.
package enum ByteHash {
  private static let seed = UInt64.random(in: .min ... .max)

  /// Eight bytes at a time, the last ones with those before them.
  package static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = mix(seed ^ UInt64(truncatingIfNeeded: bytes.count), 0x9e37_79b9_7f4a_7c15)
    guard bytes.count >= 8 else {
      var word: UInt64 = 0
      for byte in bytes { word = word << 8 | UInt64(byte) }
      return mix(hash ^ word, 0xd6e8_feb8_6659_fd93)
    }
    var index = 0
    while index + 8 < bytes.count {
      hash = mix(
        hash ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self), 0xd6e8_feb8_6659_fd93)
      index += 8
    }
    let last = bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
    return mix(hash ^ last, 0xd6e8_feb8_6659_fd93)
  }

  /// Multiplies to 128 bits and folds.
  @inline(__always)
  package static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
