// SPDX-License-Identifier: Apache-2.0
import JSON

/// Writes values of a tape as JSON text.
enum JSONWriter {
  /// The text of a value, in memory of `scratch`.
  static func text(
    of index: Int, _ tape: JSONTape, _ scratch: Scratch
  ) -> UnsafeRawBufferPointer {
    let room = scratch.room(count(of: index, tape))
    var used = 0
    write(index, tape, to: room, &used)
    return scratch.keep(used)
  }

  static func count(of value: SourceValue, _ tape: JSONTape) -> Int {
    value.index >= 0 ? count(of: Int(value.index), tape) : count(of: value.token)
  }

  static func write(
    _ value: SourceValue, _ tape: JSONTape, to room: UnsafeMutableRawBufferPointer,
    _ used: inout Int
  ) {
    if value.index >= 0 {
      write(Int(value.index), tape, to: room, &used)
    } else {
      write(value.token, to: room, &used)
    }
  }

  private static func count(of token: JSONToken) -> Int {
    token.kind == .string || token.kind == .key
      ? count(ofText: token.bytes) : token.bytes.count
  }

  private static func count(of index: Int, _ tape: JSONTape) -> Int {
    let token = tape[index]
    guard isToBeMade(token) else { return count(of: token) }
    var count = 2
    var inner = index + 1
    while inner < token.next {
      if token.kind == .object { count += self.count(of: tape[inner]) + 1 }
      let value = token.kind == .object ? inner + 1 : inner
      count += self.count(of: value, tape) + 1
      inner = tape[value].next
    }
    return count
  }

  private static func write(
    _ index: Int, _ tape: JSONTape, to room: UnsafeMutableRawBufferPointer, _ used: inout Int
  ) {
    let token = tape[index]
    guard isToBeMade(token) else { return write(token, to: room, &used) }
    let isObject = token.kind == .object
    put(UInt8(ascii: isObject ? "{" : "["), to: room, &used)
    var inner = index + 1
    while inner < token.next {
      if inner > index + 1 { put(UInt8(ascii: ","), to: room, &used) }
      if isObject {
        write(text: tape[inner].bytes, to: room, &used)
        put(UInt8(ascii: ":"), to: room, &used)
      }
      let value = isObject ? inner + 1 : inner
      write(value, tape, to: room, &used)
      inner = tape[value].next
    }
    put(UInt8(ascii: isObject ? "}" : "]"), to: room, &used)
  }

  /// A container that has no text in its source.
  private static func isToBeMade(_ token: JSONToken) -> Bool {
    (token.kind == .object || token.kind == .array) && token.bytes.isEmpty
  }

  private static func write(
    _ token: JSONToken, to room: UnsafeMutableRawBufferPointer, _ used: inout Int
  ) {
    if token.kind == .string || token.kind == .key {
      return write(text: token.bytes, to: room, &used)
    }
    UnsafeMutableRawBufferPointer(rebasing: room[used...]).copyMemory(from: token.bytes)
    used += token.bytes.count
  }

  /// Bytes of a text with its quotes.
  static func count(ofText text: UnsafeRawBufferPointer) -> Int {
    var count = text.count + 2
    if isWrittenAsIs(text) { return count }
    for byte in text { count += extraBytes(byte) }
    return count
  }

  /// Whether no byte has to be escaped: as nearly always, and seen eight bytes at a time.
  @inline(__always)
  static func isWrittenAsIs(_ text: UnsafeRawBufferPointer) -> Bool {
    let count = text.count
    if count < 4 { return text.allSatisfy { extraBytes($0) == 0 } }
    if count < 8 {
      let first = text.loadUnaligned(as: UInt32.self)
      let last = text.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
      return isWrittenAsIs(UInt64(first) << 32 | UInt64(last))
    }
    var index = 0
    while index < count - 8 {
      let word = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      guard isWrittenAsIs(word) else { return false }
      index += 8
    }
    return isWrittenAsIs(text.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
  }

  @inline(__always)
  private static func isWrittenAsIs(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
    let found =
      zeros(word ^ ones &* UInt64(UInt8(ascii: "\""))) | zeros(word & (0xe0 &* ones))
      | zeros(word ^ ones &* UInt64(UInt8(ascii: "\\")))
    return found & (0x80 &* ones) == 0
  }

  private static func extraBytes(_ byte: UInt8) -> Int {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): 1
    case 0..<0x20: 5
    default: 0
    }
  }

  static func write(
    text: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer, _ used: inout Int
  ) {
    put(UInt8(ascii: "\""), to: room, &used)
    if isWrittenAsIs(text) {
      UnsafeMutableRawBufferPointer(rebasing: room[used...]).copyMemory(from: text)
      used += text.count
      return put(UInt8(ascii: "\""), to: room, &used)
    }
    for byte in text {
      switch extraBytes(byte) {
      case 0: put(byte, to: room, &used)
      case 1:
        put(UInt8(ascii: "\\"), to: room, &used)
        put(byte, to: room, &used)
      default:
        for character in "\\u00".utf8 { put(character, to: room, &used) }
        put(UInt8(ascii: "0") + byte >> 4, to: room, &used)
        let digit = byte & 0xf
        let base = digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10
        put(base + digit, to: room, &used)
      }
    }
    put(UInt8(ascii: "\""), to: room, &used)
  }

  @inline(__always)
  private static func put(
    _ byte: UInt8, to room: UnsafeMutableRawBufferPointer, _ used: inout Int
  ) {
    room[used] = byte
    used += 1
  }
}
