// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// A fast hash of the identity of a record, with a seed of this process.
enum IdentityHash {
  static func hash(
    tenant: UnsafeRawBufferPointer, occurredAt: Timestamp, id: UUIDBytes
  ) -> UInt64 {
    let state = ByteHash.mix(ByteHash.hash(tenant) ^ id.high, odd ^ id.low)
    return ByteHash.mix(state ^ UInt64(bitPattern: occurredAt.microseconds), odd)
  }

  private static let odd: UInt64 = 0x9e37_79b9_7f4a_7c15
}
