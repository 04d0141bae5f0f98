// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// A fast hash of the identity of a record, with a seed of this process.
enum IdentityHash {
  private static let seed = UInt64.random(in: .min ... .max)
  private static let odd: UInt64 = 0x9e37_79b9_7f4a_7c15

  static func hash(
    tenant: UnsafeRawBufferPointer, occurredAt: Timestamp, id: UUIDBytes
  ) -> UInt64 {
    var state = mix(seed ^ id.high, odd ^ id.low)
    state = mix(state ^ UInt64(bitPattern: occurredAt.microseconds), odd)
    for start in stride(from: 0, to: tenant.count, by: 8) {
      var word: UInt64 = 0
      for index in start..<min(start + 8, tenant.count) { word = word << 8 | UInt64(tenant[index]) }
      state = mix(state ^ word, odd)
    }
    return mix(state ^ UInt64(tenant.count), odd)
  }

  /// Multiplies to 128 bits and folds.
  @inline(__always)
  private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
