// SPDX-License-Identifier: Apache-2.0

extension TextRule {
  /// The text as it is stored, whatever it came from; `bytes` must be UTF-8 without NUL.
  func check(_ bytes: UnsafeRawBufferPointer) throws(Reason) -> UnsafeRawBufferPointer {
    if bytes.count < charactersMin {
      throw alphabet == .hexadecimal ? .badFormat : .empty
    }
    let end = prefixEnd(bytes)
    if end < bytes.count, !isTruncated {
      throw alphabet == .hexadecimal ? .badFormat : .tooLong
    }
    let text = UnsafeRawBufferPointer(rebasing: bytes[..<end])
    guard alphabet.holds(text) else { throw .badFormat }
    return text
  }

  /// The index behind the last character that fits.
  private func prefixEnd(_ bytes: UnsafeRawBufferPointer) -> Int {
    // No text has more characters than bytes, and few texts are near their bound.
    if bytes.count <= charactersMax { return bytes.count }
    var characters = 0
    for index in bytes.indices where bytes[index] & 0xc0 != 0x80 {
      if characters == charactersMax { return index }
      characters += 1
    }
    return bytes.count
  }
}

extension TextRule.Alphabet {
  func holds(_ bytes: UnsafeRawBufferPointer) -> Bool {
    switch self {
    case .any: return true
    case .printable: return bytes.allSatisfy(Self.isPrintable)
    case .lowerCase:
      return bytes.allSatisfy { Self.isPrintable($0) && $0 &- UInt8(ascii: "A") >= 26 }
    case .identifier: return bytes.allSatisfy(Self.isIdentifier)
    case .hexadecimal:
      return bytes.allSatisfy(Self.isHexadecimal)
        && bytes.contains { $0 != UInt8(ascii: "0") }
    }
  }

  private static func isPrintable(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != 0x7f
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10 || byte &- UInt8(ascii: "a") < 6
  }

  private static func isIdentifier(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "-")...UInt8(ascii: ":"): true  // - . / 0-9 :
    case UInt8(ascii: "@")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"): true
    default: false
    }
  }
}
