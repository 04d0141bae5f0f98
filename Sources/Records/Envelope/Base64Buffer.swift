// SPDX-License-Identifier: Apache-2.0

/// Decodes base64 (RFC 4648, section 4) into memory that is used again.
struct Base64Buffer: ~Copyable {
  private var storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  init() {}

  deinit {
    storage.deallocate()
  }

  /// The decoded bytes, valid until the next call; nil unless padded and well-formed.
  mutating func decode(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let needed = text.count / 4 * 3
    guard text.count % 4 == 0, needed > 0 else { return nil }
    if storage.count < needed {
      storage.deallocate()
      storage = .allocate(byteCount: max(needed, 4096), alignment: 16)
    }
    let padding = text[text.count - 1] != 0x3d ? 0 : text[text.count - 2] != 0x3d ? 1 : 2
    var written = 0
    for start in stride(from: 0, to: text.count, by: 4) {
      var word: UInt32 = 0
      for index in start..<start + 4 {
        let isPadding = index >= text.count - padding
        guard let digit = isPadding ? 0 : Self.digit(text[index]) else { return nil }
        word = word << 6 | digit
      }
      storage[written] = UInt8(truncatingIfNeeded: word >> 16)
      storage[written + 1] = UInt8(truncatingIfNeeded: word >> 8)
      storage[written + 2] = UInt8(truncatingIfNeeded: word)
      written += 3
    }
    return UnsafeRawBufferPointer(rebasing: storage[..<(written - padding)])
  }

  private static func digit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 97 + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) - 48 + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
