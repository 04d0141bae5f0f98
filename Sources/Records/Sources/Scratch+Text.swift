// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON

/// The texts that values of binary formats have in a tape.
extension Scratch {
  private static let decimalRoom = 96

  func decimal(_ number: UInt64) -> UnsafeRawBufferPointer {
    let room = room(21)
    var (rest, start) = (number, 21)
    while rest >= 10 {
      let two = UInt8(truncatingIfNeeded: rest % 100)
      rest /= 100
      start -= 2
      room[start] = UInt8(ascii: "0") &+ two / 10
      room[start + 1] = UInt8(ascii: "0") &+ two % 10
    }
    if rest > 0 || start == 21 {
      start -= 1
      room[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest)
    }
    return UnsafeRawBufferPointer(rebasing: keep(21)[start...])
  }

  func decimal(signed number: Int64) -> UnsafeRawBufferPointer {
    guard number < 0 else { return decimal(UInt64(number)) }
    let digits = decimal(number.magnitude)
    let room = room(digits.count + 1)
    room[0] = UInt8(ascii: "-")
    UnsafeMutableRawBufferPointer(rebasing: room[1...]).copyMemory(from: digits)
    return keep(digits.count + 1)
  }

  /// A big-endian number in two's complement with so many digits behind the point; nil for one
  /// that is larger than any that is read.
  func decimal(
    _ bytes: UnsafeRawBufferPointer, scale: Int
  ) -> UnsafeRawBufferPointer? {
    guard bytes.count <= AvroLimits.decimalBytesMax else { return nil }
    var number: Int128 = bytes.first.map { $0 >= 0x80 } == true ? -1 : 0
    for byte in bytes { number = number << 8 | Int128(byte) }
    let room = room(Self.decimalRoom)
    var (rest, start, digits) = (number.magnitude, Self.decimalRoom, 0)
    repeat {
      if digits == scale, scale > 0 {
        start -= 1
        room[start] = UInt8(ascii: ".")
      }
      start -= 1
      room[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
      digits += 1
    } while rest > 0 || digits <= scale
    if number < 0 {
      start -= 1
      room[start] = UInt8(ascii: "-")
    }
    // Moved to the front, so that no more is kept than was written.
    let written = UnsafeRawBufferPointer(rebasing: room[start...])
    room.copyMemory(from: written)
    return keep(written.count)
  }

  /// The shortest decimal; nil for what is not finite.
  func decimal(_ value: Double) -> UnsafeRawBufferPointer? {
    let room = room(JSONParser.shortestBytesMax)
    let count = JSONParser.text(of: value, into: room)
    return count > 0 ? keep(count) : nil
  }

  func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let room = room(2 * bytes.count)
    Hexadecimal.write(bytes, to: room)
    return keep(2 * bytes.count)
  }

  /// The text of 16 bytes, in groups.
  func uuid(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let digits = hexadecimal(bytes)
    let room = room(digits.count + 4)
    var written = 0
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) {
        room[written] = UInt8(ascii: "-")
        written += 1
      }
      room[written] = digit
      written += 1
    }
    return keep(written)
  }

  /// `2026-08-21`; nil for a day of which no year has four digits.
  func date(daysSince1970 days: Int64) -> UnsafeRawBufferPointer? {
    let date = CivilDate(daysSince2000: days - Timestamp.unixEpochDays)
    guard 0...9999 ~= date.year else { return nil }
    let room = room(10)
    var rest = date.year * 10_000 + date.month * 100 + date.day
    for index in [9, 8, 6, 5, 3, 2, 1, 0] {
      room[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    (room[4], room[7]) = (UInt8(ascii: "-"), UInt8(ascii: "-"))
    return keep(10)
  }

  func base64(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let room = room((bytes.count + 2) / 3 * 4)
    var (written, index) = (0, 0)
    while index < bytes.count {
      let count = min(3, bytes.count - index)
      var group: UInt32 = 0
      for number in 0..<3 {
        group = group << 8 | (number < count ? UInt32(bytes[index + number]) : 0)
      }
      for number in 0..<4 {
        let digit = UInt8(truncatingIfNeeded: group >> UInt32(18 - 6 * number)) & 0x3f
        room[written] = number <= count ? Self.base64Digit(digit) : UInt8(ascii: "=")
        written += 1
      }
      index += count
    }
    return keep(written)
  }

  private static func base64Digit(_ digit: UInt8) -> UInt8 {
    switch digit {
    case 0..<26: UInt8(ascii: "A") + digit
    case 26..<52: UInt8(ascii: "a") + (digit - 26)
    case 52..<62: UInt8(ascii: "0") + (digit - 52)
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
  }
}

extension JSONToken {
  /// A text; one that cannot be stored says so.
  @inline(__always)
  static func text(_ bytes: UnsafeRawBufferPointer) -> JSONToken {
    if bytes.count <= JSONLimits.stringBytesMax, isPlain(bytes) {
      return JSONToken(.string, bytes)
    }
    return unusual(bytes)
  }

  private static func unusual(_ bytes: UnsafeRawBufferPointer) -> JSONToken {
    var fault: JSONError?
    if bytes.count > JSONLimits.stringBytesMax {
      fault = .stringTooLong
    } else if containsNUL(bytes) {
      fault = .nulCharacter
    } else if !JSONParser.isUTF8(bytes) {
      fault = .invalidUTF8
    }
    return JSONToken(.string, bytes, hash: fault.map { UInt32($0.rawValue) } ?? 0)
  }

  /// A key of an object that is no constant.
  static func key(_ bytes: UnsafeRawBufferPointer, hash: UInt32) -> JSONToken {
    let token = text(bytes)
    let fault = token.isUsable ? nil : token.fault
    return JSONToken(.key, bytes, hash: hash, name: fault.map { Int($0.rawValue) - 1 } ?? -1)
  }
}
