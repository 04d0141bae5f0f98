// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Records

/// What is done with eight bytes at once is what would be done with each of them.
@Suite struct WordTests {
  private static let bytes: [UInt8] = [0, 1, 0x1f, 0x20, 0x7e, 0x7f, 0x80, 0x81, 0xc3, 0xff]

  @Test(arguments: 0...20) func plainIsPlain(_ count: Int) {
    for position in 0..<max(count, 1) {
      for byte in Self.bytes {
        var text = [UInt8](repeating: UInt8(ascii: "a"), count: count)
        if position < count { text[position] = byte }
        let expected = text.allSatisfy { 1..<0x80 ~= $0 }
        #expect(text.withUnsafeBytes { isPlain($0) } == expected, "\(byte) at \(position)")
      }
    }
  }

  @Test func digitsAreThoseOfEachByte() {
    let bytes = (0...UInt8.max).map { $0 }
    for count in [0, 1, 3, 4, 8, 16, 255, 256] {
      let digits = [UInt8](unsafeUninitializedCapacity: 2 * count) { room, written in
        bytes.withUnsafeBytes {
          Hexadecimal.write(
            UnsafeRawBufferPointer(rebasing: $0[..<count]),
            to: UnsafeMutableRawBufferPointer(room))
        }
        written = 2 * count
      }
      let expected = bytes[..<count].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      #expect(String(decoding: digits, as: UTF8.self) == expected.joined())
    }
  }

  @Test func onlyDigitsAreLowered() {
    for byte in UInt8.min...UInt8.max {
      var text = Array("0123aBcD".utf8)
      text[5] = byte
      var lower = [UInt8](repeating: 0, count: 8)
      let areDigits = text.withUnsafeBytes { text in
        lower.withUnsafeMutableBytes { Hexadecimal.writeLower(text, to: $0) }
      }
      let character = Character(UnicodeScalar(byte))
      #expect(areDigits == (character.isASCII && character.isHexDigit), "\(byte)")
      if areDigits {
        #expect(
          String(decoding: lower, as: UTF8.self)
            == String(decoding: text, as: UTF8.self).lowercased())
      }
    }
  }

  /// Exactly the texts that a double would print with the same value.
  @Test(arguments: [
    ("0.25", true), ("-12.5", true), ("1e-05", true), ("123456789012345", true),
    ("1234567890123456", false), ("007", false), (".5", false), ("5.", false), ("1e5", false),
    ("", false), ("-", false), ("1e-300", false), ("12x", false),
  ])
  func shortDecimalsAreShortest(_ text: String, _ isShortest: Bool) {
    #expect(Array(text.utf8).withUnsafeBytes { DecimalText.isShortest($0) } == isShortest)
  }
}
