// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest
import JSON

/// The transforms that give texts.
extension Evaluator {
  func lower(_ value: inout SourceValue) -> Bool {
    guard let text = text(of: value) else { return false }
    if isLower(text) {
      value = value.made(.string, text)
      return true
    }
    let room = scratch.room(text.count)
    for index in text.indices { room[index] = lowerCased(text[index]) }
    value = value.made(.string, scratch.keep(text.count))
    return true
  }

  /// Whether there is no upper case, eight bytes at a time: in none of them has a bit on top what
  /// is at least A without being above Z; what is no ASCII is passed over.
  private func isLower(_ text: UnsafeRawBufferPointer) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var index = 0
    while index + 8 <= text.count {
      let word = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let low = word & (0x7f &* ones)
      let (fromA, aboveZ) = (low &+ (0x80 - 0x41) &* ones, low &+ (0x80 - 0x5b) &* ones)
      if fromA & ~aboveZ & ~word & (0x80 &* ones) != 0 { return false }
      index += 8
    }
    while index < text.count {
      if text[index] &- UInt8(ascii: "A") < 26 { return false }
      index += 1
    }
    return true
  }

  /// The first element of an array that says something; what is no array as it is.
  func one(_ value: inout SourceValue) throws(SourceFault) -> Bool {
    guard value.token.kind == .array, value.index >= 0 else { return true }
    var element = Int(value.index) + 1
    while element < value.token.next {
      let token = tape[element]
      let at = Int32(truncatingIfNeeded: element)
      if !token.isUsable, let fault = token.fault {
        throw SourceFault(reason: Reason(fault), origin: at)
      }
      if token.kind != .null, token.kind != .string || !token.bytes.isEmpty {
        value = SourceValue(token: token, index: at, origin: at)
        return true
      }
      element = token.next
    }
    return false
  }

  /// At most so many characters.
  func cut(_ value: inout SourceValue, charactersMax: Int) -> Bool {
    guard let text = text(of: value) else { return false }
    value = value.made(.string, Self.cut(text, charactersMax: charactersMax))
    return true
  }

  @inline(__always)
  static func cut(
    _ text: UnsafeRawBufferPointer, charactersMax: Int
  ) -> UnsafeRawBufferPointer {
    // No text has more characters than bytes.
    text.count <= charactersMax ? text : beginning(of: text, charactersMax)
  }

  private static func beginning(
    of text: UnsafeRawBufferPointer, _ charactersMax: Int
  ) -> UnsafeRawBufferPointer {
    var left = charactersMax
    for index in text.indices where text[index] & 0xc0 != 0x80 {
      if left == 0 { return UnsafeRawBufferPointer(rebasing: text[..<index]) }
      left -= 1
    }
    return text
  }

  /// The texts of the arguments that are present.
  func join(_ arguments: UnsafeBufferPointer<Int>) throws(SourceFault) -> SourceValue? {
    let separator = text(arguments[0])
    var joined: SourceValue?
    for argument in arguments.dropFirst() {
      guard let value = try value(argument), let text = text(of: value) else { continue }
      guard let before = joined?.text else {
        joined = value.made(.string, text)
        continue
      }
      let count = before.count + separator.count + text.count
      let room = scratch.room(count)
      room.copyMemory(from: before)
      UnsafeMutableRawBufferPointer(rebasing: room[before.count...]).copyMemory(from: separator)
      UnsafeMutableRawBufferPointer(rebasing: room[(count - text.count)...]).copyMemory(from: text)
      joined = joined?.made(.string, scratch.keep(count))
    }
    return joined
  }

  /// One piece of a text, from 1, or from -1 backwards.
  func split(_ value: SourceValue, _ arguments: UnsafeBufferPointer<Int>) -> SourceValue? {
    guard let text = text(of: value) else { return nil }
    let separator = self.text(arguments[1])
    var number = whole(arguments[2])
    guard !separator.isEmpty, number != 0 else { return nil }
    if number < 0 { number += pieceCount(text, separator) + 1 }
    var start = 0
    while number > 1, let end = find(separator, in: text, from: start) {
      start = end + separator.count
      number -= 1
    }
    guard number == 1 else { return nil }
    let end = find(separator, in: text, from: start) ?? text.count
    guard start < end else { return nil }
    return value.made(.string, UnsafeRawBufferPointer(rebasing: text[start..<end]))
  }

  private func pieceCount(
    _ text: UnsafeRawBufferPointer, _ separator: UnsafeRawBufferPointer
  ) -> Int {
    var (count, start) = (1, 0)
    while let end = find(separator, in: text, from: start) {
      count += 1
      start = end + separator.count
    }
    return count
  }

  private func find(
    _ needle: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer, from start: Int
  ) -> Int? {
    guard text.count >= needle.count, start <= text.count - needle.count else { return nil }
    for index in start...text.count - needle.count
    where equals(UnsafeRawBufferPointer(rebasing: text[index..<index + needle.count]), needle) {
      return index
    }
    return nil
  }

  /// The value as a UUID in its usual form; also 32 hexadecimal digits.
  func uuid(_ value: SourceValue) -> SourceValue? {
    guard let text = text(of: value) else { return nil }
    if UUIDBytes(text) != nil { return value.made(.string, text) }
    guard text.count == 32 else { return nil }
    let room = scratch.room(36)
    for index in 0..<8 { room[index] = text[index] }
    for index in 8..<12 { room[index + 1] = text[index] }
    for index in 12..<16 { room[index + 2] = text[index] }
    for index in 16..<20 { room[index + 3] = text[index] }
    for index in 20..<32 { room[index + 4] = text[index] }
    addHyphens(to: room)
    guard UUIDBytes(UnsafeRawBufferPointer(room)) != nil else { return nil }
    return value.made(.string, scratch.keep(36))
  }

  /// Whether ``uuid(_:)`` would give one.
  func isUUID(_ value: SourceValue) -> Bool {
    guard let text = text(of: value) else { return false }
    return text.count == 32 ? Hexadecimal.areDigits(text) : UUIDBytes(text) != nil
  }

  /// UUID version 5 of the parts, with a NUL between them; nil unless all are present.
  func uuid5(_ arguments: UnsafeBufferPointer<Int>) throws(SourceFault) -> SourceValue? {
    var origin: Int32 = -1
    guard let uuid = try version5(arguments, &origin) else { return nil }
    return SourceValue(token: JSONToken(.string, write(uuid)), origin: origin)
  }

  func version5(
    _ arguments: UnsafeBufferPointer<Int>, _ origin: inout Int32
  ) throws(SourceFault) -> UUIDBytes? {
    var parts = InlineArray<9, UnsafeRawBufferPointer>(repeating: TapeBuilder.nothing)
    var count = EventID.namespaceBytes - 1
    // All before there is room for the name: they may need some themselves.
    for index in arguments.indices {
      var part = SourceValue.nothing
      guard try evaluate(arguments[index], into: &part), let text = text(of: part) else {
        return nil
      }
      if origin < 0 { origin = part.origin }
      parts[index] = text
      count += 1 + text.count
    }
    let room = scratch.room(count)
    EventID.writeNamespace(to: room)
    var index = EventID.namespaceBytes
    for position in arguments.indices {
      if position > 0 {
        room[index] = 0
        index += 1
      }
      let part = parts[position]
      UnsafeMutableRawBufferPointer(rebasing: room[index...]).copyMemory(from: part)
      index += part.count
    }
    return EventID.version5(of: scratch.keep(count))
  }

  private func write(_ uuid: UUIDBytes) -> UnsafeRawBufferPointer {
    let room = scratch.room(36)
    let digits = InlineArray<4, UInt64> {
      let half = $0 < 2 ? uuid.high : uuid.low
      return Hexadecimal.digits(UInt32(truncatingIfNeeded: $0 & 1 == 0 ? half >> 32 : half))
    }
    func put(_ eight: UInt64, at index: Int) {
      room.storeBytes(of: eight.bigEndian, toByteOffset: index, as: UInt64.self)
    }
    func put(four: UInt64, at index: Int) {
      let four = UInt32(truncatingIfNeeded: four)
      room.storeBytes(of: four.bigEndian, toByteOffset: index, as: UInt32.self)
    }
    put(digits[0], at: 0)
    put(four: digits[1] >> 32, at: 9)
    put(four: digits[1], at: 14)
    put(four: digits[2] >> 32, at: 19)
    put(four: digits[2], at: 24)
    put(digits[3], at: 28)
    addHyphens(to: room)
    return scratch.keep(36)
  }

  private func addHyphens(to uuid: UnsafeMutableRawBufferPointer) {
    uuid[8] = UInt8(ascii: "-")
    uuid[13] = UInt8(ascii: "-")
    uuid[18] = UInt8(ascii: "-")
    uuid[23] = UInt8(ascii: "-")
  }
}
