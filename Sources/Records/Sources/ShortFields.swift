// SPDX-License-Identifier: Apache-2.0

/// Messages in the form that nearly all have, told by a few bytes: each field once, in the order of
/// the numbers, and shorter than 128 bytes. All others are for ``WireReader``.
enum ShortFields {
  private static var first: UInt8 { 1 << 3 | 2 }
  private static var second: UInt8 { 2 << 3 | 2 }
  /// Of varints that are read here: 35 bits.
  private static let varintBytesMax = 5

  /// Key and value of a `KeyValue`.
  @inline(__always)
  static func pair(
    _ message: UnsafeRawBufferPointer
  ) -> (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
    let count = message.count
    guard count >= 4, message[0] == first, message[1] < 0x80 else { return nil }
    let end = 2 + Int(message[1])
    guard end + 2 <= count, message[end] == second, message[end + 1] < 0x80,
      end + 2 + Int(message[end + 1]) == count
    else { return nil }
    return (
      UnsafeRawBufferPointer(rebasing: message[2..<end]),
      UnsafeRawBufferPointer(rebasing: message[(end + 2)...])
    )
  }

  /// The text of an `AnyValue` that is one.
  @inline(__always)
  static func text(_ message: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let count = message.count
    guard count >= 2, message[0] == first, message[1] < 0x80, 2 + Int(message[1]) == count else {
      return nil
    }
    return UnsafeRawBufferPointer(rebasing: message[2...])
  }

  /// Number and value of the field of an `AnyValue` that is a boolean, an integer or a double.
  @inline(__always)
  static func scalar(_ message: UnsafeRawBufferPointer) -> (number: UInt64, value: UInt64)? {
    let count = message.count
    guard count >= 2 else { return nil }
    switch message[0] {
    case UInt8(OTLPMessage.AnyValue.double << 3 | 1):
      guard count == 9 else { return nil }
      let bits = message.loadUnaligned(fromByteOffset: 1, as: UInt64.self)
      return (OTLPMessage.AnyValue.double, UInt64(littleEndian: bits))
    case UInt8(OTLPMessage.AnyValue.int << 3), UInt8(OTLPMessage.AnyValue.bool << 3):
      guard count <= 1 + varintBytesMax, message[count - 1] < 0x80 else { return nil }
      var value = UInt64(message[count - 1])
      var index = count - 2
      while index > 0 {
        guard message[index] >= 0x80 else { return nil }
        value = value << 7 | UInt64(message[index] & 0x7f)
        index -= 1
      }
      return (UInt64(message[0] >> 3), value)
    default: return nil
    }
  }
}
