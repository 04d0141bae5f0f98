// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Testing

struct UUIDTests {
  private static let text = Array("0190b7c2-6f3e-7c1a-9a53-ABCDEFabcdef".utf8)
  private static let hyphens = [8, 13, 18, 23]

  /// Eight digits are read at once: each byte in each place must still be one.
  @Test func everyByteInEveryPlaceIsADigitOrRefused() {
    for place in Self.text.indices {
      for byte in UInt8.min...UInt8.max {
        var text = Self.text
        text[place] = byte
        let isHyphen = Self.hyphens.contains(place)
        let digit = Character(UnicodeScalar(byte)).hexDigitValue
        let isASCII = byte < 0x80
        let isRight = isHyphen ? byte == UInt8(ascii: "-") : isASCII && digit != nil
        let uuid = text.withUnsafeBytes { UUIDBytes($0) }
        #expect((uuid != nil) == isRight, "byte \(byte) in place \(place)")
        if isRight {
          #expect(uuid?.description == String(decoding: text, as: UTF8.self).lowercased())
        }
      }
    }
  }

  @Test func anotherLengthIsNone() {
    for count in 0..<36 {
      let uuid = Self.text.prefix(count).withUnsafeBytes { UUIDBytes($0) }
      #expect(uuid == nil)
    }
    #expect((Self.text + [0x30]).withUnsafeBytes { UUIDBytes($0) } == nil)
  }
}
