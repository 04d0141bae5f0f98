// SPDX-License-Identifier: Apache-2.0

/// The 16 bytes of a UUID (RFC 9562), as two big-endian halves.
@frozen public struct UUIDBytes: BitwiseCopyable, Hashable, Sendable {
  public var high: UInt64
  public var low: UInt64

  @inlinable public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Parses the 36-character form with hyphens; hexadecimal digits of either case.
  package init?(_ text: UnsafeRawBufferPointer) {
    guard text.count == 36,
      text[8] == hyphen, text[13] == hyphen, text[18] == hyphen, text[23] == hyphen,
      let first = Self.number(text.eight(at: 0)),
      let second = Self.number(text.four(at: 9) << 32 | text.four(at: 14)),
      let third = Self.number(text.four(at: 19) << 32 | text.four(at: 24)),
      let fourth = Self.number(text.eight(at: 28))
    else { return nil }
    self.init(high: first << 32 | second, low: third << 32 | fourth)
  }

  /// What eight hexadecimal digits say, the first one in the highest byte; all bytes at once, each
  /// with a bit on top that tells when it is none.
  private static func number(_ text: UInt64) -> UInt64? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let low = 0x7f * ones
    let digit = text ^ UInt64(UInt8(ascii: "0")) * ones
    // Above 9.
    let noDigit = (digit & low) &+ 0x76 * ones | digit
    let letter = (text | 0x20 * ones) ^ 0x60 * ones
    // Above 6, or 0.
    let noLetter = (letter & low) &+ 0x79 * ones | letter | ~((letter & low) &+ low)
    guard noDigit & noLetter & (0x80 * ones) == 0 else { return nil }
    var value = (text & (0x0f * ones)) &+ (text >> 6 & ones) &* 9
    value = (value | value >> 4) & 0x00ff_00ff_00ff_00ff
    value = (value | value >> 8) & 0x0000_ffff_0000_ffff
    return (value | value >> 16) & 0xffff_ffff
  }

  package init?(_ text: String) {
    var copy = text
    guard let parsed = copy.withUTF8({ UUIDBytes(UnsafeRawBufferPointer($0)) }) else { return nil }
    self = parsed
  }

  /// A new version 7 UUID: 48 bits of Unix milliseconds, then 74 random bits.
  package static func v7(
    at time: Timestamp = .now(), using generator: inout some RandomNumberGenerator
  ) -> UUIDBytes {
    let milliseconds = UInt64(truncatingIfNeeded: time.unixMicroseconds / 1000) & 0xffff_ffff_ffff
    let high = milliseconds << 16 | 0x7000 | UInt64.random(in: 0...0xfff, using: &generator)
    let random = UInt64.random(in: 0...UInt64.max, using: &generator)
    return UUIDBytes(high: high, low: random & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000)
  }
}

extension UUIDBytes: CustomStringConvertible {
  /// 36 lower-case characters.
  public var description: String {
    func hex(_ value: UInt64, _ digits: Int) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: digits - text.count) + text
    }
    return [
      hex(high >> 32, 8), hex(high >> 16 & 0xffff, 4), hex(high & 0xffff, 4),
      hex(low >> 48, 4), hex(low & 0xffff_ffff_ffff, 12),
    ].joined(separator: "-")
  }
}

private let hyphen = UInt8(ascii: "-")

extension UnsafeRawBufferPointer {
  fileprivate func eight(at index: Int) -> UInt64 {
    UInt64(bigEndian: loadUnaligned(fromByteOffset: index, as: UInt64.self))
  }

  fileprivate func four(at index: Int) -> UInt64 {
    UInt64(UInt32(bigEndian: loadUnaligned(fromByteOffset: index, as: UInt32.self)))
  }
}
