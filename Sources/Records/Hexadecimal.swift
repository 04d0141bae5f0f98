// SPDX-License-Identifier: Apache-2.0

/// Hexadecimal digits, eight at a time: each is a byte of one number, the first one the highest.
enum Hexadecimal {
  private static var ones: UInt64 { 0x0101_0101_0101_0101 }

  /// The digits of four bytes, in lower case.
  @inline(__always)
  static func digits(_ bytes: UInt32) -> UInt64 {
    var spread = UInt64(bytes)
    spread = (spread | spread << 16) & 0x0000_ffff_0000_ffff
    spread = (spread | spread << 8) & 0x00ff_00ff_00ff_00ff
    spread = (spread | spread << 4) & 0x0f0f_0f0f_0f0f_0f0f
    let isLetter = (spread &+ 6 &* ones) >> 4 & ones
    return spread &+ UInt64(UInt8(ascii: "0")) &* ones
      &+ isLetter &* UInt64(UInt8(ascii: "a") - UInt8(ascii: "9") - 1)
  }

  /// Writes the digits of bytes, twice as many.
  static func write(_ bytes: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer) {
    var index = 0
    while index + 4 <= bytes.count {
      let four = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
      room.storeBytes(
        of: digits(four).bigEndian, toByteOffset: 2 * index, as: UInt64.self)
      index += 4
    }
    while index < bytes.count {
      let two = digits(UInt32(bytes[index]))
      room[2 * index] = UInt8(truncatingIfNeeded: two >> 8)
      room[2 * index + 1] = UInt8(truncatingIfNeeded: two)
      index += 1
    }
  }

  /// Writes eights of digits in lower case; false when some are none.
  static func writeLower(
    _ text: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard text.count & 7 == 0, text.count <= room.count else { return false }
    for index in stride(from: 0, to: text.count, by: 8) {
      let eight = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let lower = eight | 0x20 &* ones
      guard areDigits(eight, lower) else { return false }
      room.storeBytes(of: lower, toByteOffset: index, as: UInt64.self)
    }
    return true
  }

  /// Whether eights of digits are nothing else, in either case.
  static func areDigits(_ text: UnsafeRawBufferPointer) -> Bool {
    guard text.count & 7 == 0 else { return false }
    for index in stride(from: 0, to: text.count, by: 8) {
      let eight = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      guard areDigits(eight, eight | 0x20 &* ones) else { return false }
    }
    return true
  }

  /// All at once: each byte has a bit on top that tells when it is none.
  @inline(__always)
  private static func areDigits(_ text: UInt64, _ lower: UInt64) -> Bool {
    let low = 0x7f &* ones
    let digit = text ^ UInt64(UInt8(ascii: "0")) &* ones
    // Above 9.
    let noDigit = (digit & low) &+ 0x76 &* ones | digit
    let letter = lower ^ 0x60 &* ones
    // Above 6, or 0.
    let noLetter = (letter & low) &+ 0x79 &* ones | letter | ~((letter & low) &+ low)
    return noDigit & noLetter & (0x80 &* ones) == 0
  }
}
