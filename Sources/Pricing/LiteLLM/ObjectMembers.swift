// SPDX-License-Identifier: Apache-2.0

/// The members of one JSON object that is larger than the strict parser takes, one after the other:
/// only strings and brackets are looked at, what is inside is checked by whoever reads a member.
struct ObjectMembers {
  struct Member {
    /// With its quotes.
    let key: UnsafeRawBufferPointer
    let value: UnsafeRawBufferPointer
  }

  private let bytes: UnsafeRawBufferPointer
  private var index = 0
  private var isFirst = true

  init(_ bytes: UnsafeRawBufferPointer) throws(LiteLLMError) {
    self.bytes = bytes
    skipBlanks()
    guard skip(UInt8(ascii: "{")) else { throw .notAnObject }
  }

  /// Nil behind the last.
  mutating func next() throws(LiteLLMError) -> Member? {
    skipBlanks()
    if skip(UInt8(ascii: "}")) {
      skipBlanks()
      guard index == bytes.count else { throw malformed("something stands behind the object") }
      return nil
    }
    if !isFirst {
      guard skip(UInt8(ascii: ",")) else { throw malformed("a comma or } is missing") }
      skipBlanks()
    }
    isFirst = false
    let keyStart = index
    try skipString()
    let key = UnsafeRawBufferPointer(rebasing: bytes[keyStart..<index])
    skipBlanks()
    guard skip(UInt8(ascii: ":")) else { throw malformed("a colon is missing") }
    skipBlanks()
    let valueStart = index
    try skipValue()
    return Member(key: key, value: UnsafeRawBufferPointer(rebasing: bytes[valueStart..<index]))
  }

  private mutating func skipValue() throws(LiteLLMError) {
    var depth = 0
    let start = index
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        try skipString()
        if depth == 0 { return }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return try endScalar(start) }
        depth -= 1
        if depth == 0 {
          index += 1
          return
        }
      case UInt8(ascii: ",") where depth == 0:
        return try endScalar(start)
      default:
        break
      }
      index += 1
    }
    throw malformed("the file ends within a value: is it complete?")
  }

  private func endScalar(_ start: Int) throws(LiteLLMError) {
    if index == start { throw malformed("a value is missing") }
  }

  private mutating func skipString() throws(LiteLLMError) {
    guard skip(UInt8(ascii: "\"")) else { throw malformed("a string is missing") }
    while index < bytes.count {
      let byte = bytes[index]
      index += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "\"") { return }
    }
    throw malformed("the file ends within a string: is it complete?")
  }

  private mutating func skipBlanks() {
    while index < bytes.count, bytes[index] == 0x20 || (0x09...0x0D).contains(bytes[index]) {
      index += 1
    }
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard index < bytes.count, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  private func malformed(_ what: String) -> LiteLLMError {
    .malformed(what, byte: min(index, bytes.count))
  }
}
