// SPDX-License-Identifier: Apache-2.0

/// The 16 bytes of a UUID (RFC 9562), as two big-endian halves.
package struct UUIDBytes: BitwiseCopyable, Hashable, Sendable {
  package var high: UInt64
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Parses the 36-character form with hyphens; hexadecimal digits of either case.
  package init?(_ text: UnsafeRawBufferPointer) {
    guard text.count == 36 else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for index in 0..<36 {
      let byte = text[index]
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard let digit = hexDigit(byte) else { return nil }
      if index < 18 { high = high << 4 | digit } else { low = low << 4 | digit }
    }
    self.init(high: high, low: low)
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
  package var description: String {
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

@inline(__always)
private func hexDigit(_ byte: UInt8) -> UInt64? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte &- UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte &- UInt8(ascii: "a") &+ 10)
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte &- UInt8(ascii: "A") &+ 10)
  default: nil
  }
}
