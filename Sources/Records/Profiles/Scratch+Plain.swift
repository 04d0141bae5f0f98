// SPDX-License-Identifier: Apache-2.0
import JSON

extension Scratch {
  /// Digits of a number, and places in front of the point and behind it that are written out.
  private static var digitsMax: Int { 40 }

  /// A number as `0.digits` times ten to the power of `point`.
  private struct Digits {
    /// Without zeros on either side.
    var digits = InlineArray<40, UInt8>(repeating: 0)
    var count = 0
    var point = 0
  }

  /// The one text of a number, however its source spells it: 42 of 42.0 and of 4.2e+01. Nothing is
  /// rounded: numbers that differ have texts that differ.
  func plain(_ number: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let isNegative = number.first == UInt8(ascii: "-")
    let magnitude = isNegative ? UnsafeRawBufferPointer(rebasing: number[1...]) : number
    // Nearly all numbers that are wanted as texts.
    if magnitude.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) { return number }
    guard let digits = Self.digits(of: magnitude) else { return number }
    let room = room(2 * Self.digitsMax + 16)
    var used = 0
    func put(_ byte: UInt8) {
      room[used] = byte
      used += 1
    }
    if isNegative { put(UInt8(ascii: "-")) }
    if digits.count == 0 {
      put(UInt8(ascii: "0"))
    } else if abs(digits.point) > Self.digitsMax {
      put(digits.digits[0])
      if digits.count > 1 { put(UInt8(ascii: ".")) }
      for index in 1..<digits.count { put(digits.digits[index]) }
      for byte in "e\(digits.point - 1)".utf8 { put(byte) }
    } else {
      if digits.point <= 0 {
        put(UInt8(ascii: "0"))
        put(UInt8(ascii: "."))
      }
      for index in min(digits.point, 0)..<max(digits.point, digits.count) {
        if index == digits.point, index > 0 { put(UInt8(ascii: ".")) }
        put(0..<digits.count ~= index ? digits.digits[index] : UInt8(ascii: "0"))
      }
    }
    return keep(used)
  }

  /// Nil for what is none, or has more digits than JSON's numbers.
  private static func digits(of number: UnsafeRawBufferPointer) -> Digits? {
    var digits = Digits()
    var (index, hasPoint) = (0, false)
    while index < number.count, lowerCased(number[index]) != UInt8(ascii: "e") {
      let byte = number[index]
      index += 1
      if byte == UInt8(ascii: ".") {
        hasPoint = true
        continue
      }
      guard byte &- UInt8(ascii: "0") < 10 else { return nil }
      if digits.count > 0 || byte != UInt8(ascii: "0") {
        guard digits.count < digitsMax else { return nil }
        digits.digits[digits.count] = byte
        digits.count += 1
        if !hasPoint { digits.point += 1 }
      } else if hasPoint {
        digits.point -= 1
      }
    }
    while digits.count > 0, digits.digits[digits.count - 1] == UInt8(ascii: "0") {
      digits.count -= 1
    }
    guard index < number.count else { return digits }
    let exponent = number.count - index - 1
    guard 1...6 ~= exponent,
      let power = Int(String(decoding: number.suffix(exponent), as: UTF8.self))
    else { return nil }
    digits.point += power
    return digits
  }
}
