// SPDX-License-Identifier: Apache-2.0

/// Messages in the form that nearly all have, told by a few bytes: each field once, in the order of
/// the numbers, and shorter than 128 bytes. All others are for ``WireReader``.
enum ShortFields {
  private static var first: UInt8 { 1 << 3 | 2 }
  private static var second: UInt8 { 2 << 3 | 2 }

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
}
