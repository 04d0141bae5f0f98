// SPDX-License-Identifier: Apache-2.0

extension String {
  /// As look-ups fold case: only the letters A to Z.
  var asciiLowercased: String {
    String(decoding: utf8.map { $0 &- UInt8(ascii: "A") < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  /// As the database compares names: `==` also takes texts for equal that are composed otherwise.
  func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

  func bytesPrecede(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }

  func hashBytes(into hasher: inout Hasher) {
    var text = self
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(0xFF as UInt8)
  }
}
