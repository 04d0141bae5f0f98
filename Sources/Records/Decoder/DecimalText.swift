// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// Decimals with or without an exponent, exactly: 2.5e-05 is 0.000025.
enum DecimalText {
  enum Malformed: Error {
    case notDecimal, tooLarge, tooFine
  }

  /// More digits than an amount has, and any exponent that a document may have.
  private static let digitsMax = 36

  private struct Parts {
    var isNegative = false
    var digits: Int128 = 0
    /// Decimal places of `digits`, below 0 for trailing zeros.
    var places = 0
    var significant = 0
    var isCut = false
  }

  /// The exact value.
  static func amount(_ text: UnsafeRawBufferPointer) throws(Malformed) -> Amount {
    if let plain = Amount(text) { return plain }
    return try value(parts(text))
  }

  /// Whether the text is certain to have the value of the shortest decimal that reads as the same
  /// double: no two decimals of 15 digits do. Only plain numbers are looked at, and those with an
  /// exponent of two digits.
  static func isShortest(_ text: UnsafeRawBufferPointer) -> Bool {
    var (index, digits) = (text.first == UInt8(ascii: "-") ? 1 : 0, 0)
    func passDigits() -> Int {
      let start = index
      while index < text.count, text[index] &- UInt8(ascii: "0") < 10 { index += 1 }
      return index - start
    }
    let start = index
    digits = passDigits()
    guard digits > 0, digits == 1 || text[start] != UInt8(ascii: "0") else { return false }
    if index < text.count, text[index] == UInt8(ascii: ".") {
      index += 1
      let places = passDigits()
      guard places > 0 else { return false }
      digits += places
    }
    if index + 4 == text.count, text[index] == UInt8(ascii: "e"),
      text[index + 1] == UInt8(ascii: "-") || text[index + 1] == UInt8(ascii: "+")
    {
      index += 2
      guard passDigits() == 2 else { return false }
    }
    return digits <= 15 && index == text.count
  }

  /// The value without the digits that an amount does not have; nil if there is none.
  static func cut(_ text: UnsafeRawBufferPointer) -> Amount? {
    guard var parts = try? parts(text) else { return nil }
    while parts.places > Amount.scale, parts.digits != 0 {
      parts.digits /= 10
      parts.places -= 1
    }
    parts.isCut = false
    return try? value(parts)
  }

  /// The value times a power of ten, rounded to the places of an amount, half to even.
  static func rounded(
    _ text: UnsafeRawBufferPointer, shiftedBy power: Int
  ) throws(Malformed) -> Amount {
    var parts = try parts(text)
    parts.places -= power
    var last: Int128 = 0
    var isExact = !parts.isCut
    while parts.places > Amount.scale, parts.digits != 0 || last != 0 {
      isExact = isExact && last == 0
      last = parts.digits % 10
      parts.digits /= 10
      parts.places -= 1
    }
    if parts.places > Amount.scale { return .zero }
    if last > 5 || last == 5 && (!isExact || parts.digits % 2 == 1) { parts.digits += 1 }
    parts.isCut = false
    return try value(parts)
  }

  /// The whole part of the value times a power of ten.
  static func whole(
    _ text: UnsafeRawBufferPointer, shiftedBy power: Int
  ) throws(Malformed) -> Int128 {
    var parts = try parts(text)
    parts.places -= power
    while parts.places > 0, parts.digits != 0 {
      parts.digits /= 10
      parts.places -= 1
    }
    while parts.places < 0, parts.digits != 0 {
      guard parts.digits < Amount.unitsPerOne * Amount.unitsPerOne else { throw .tooLarge }
      parts.digits *= 10
      parts.places += 1
    }
    return parts.isNegative ? -parts.digits : parts.digits
  }

  private static func value(_ given: Parts) throws(Malformed) -> Amount {
    var parts = given
    if parts.digits == 0, !parts.isCut { return .zero }
    while parts.places > Amount.scale {
      guard parts.digits % 10 == 0, !parts.isCut else { throw .tooFine }
      parts.digits /= 10
      parts.places -= 1
    }
    while parts.places < Amount.scale {
      guard parts.digits < Amount.unitsPerOne * Amount.unitsPerOne else { throw .tooLarge }
      parts.digits *= 10
      parts.places += 1
    }
    guard parts.digits < Amount.unitsPerOne * Amount.unitsPerOne else { throw .tooLarge }
    if parts.isCut { throw .tooFine }
    return Amount(units: parts.isNegative ? -parts.digits : parts.digits)
  }

  /// The grammar of JSON's numbers.
  private static func parts(_ text: UnsafeRawBufferPointer) throws(Malformed) -> Parts {
    var parts = Parts()
    var index = 0
    if text.first == UInt8(ascii: "-") {
      parts.isNegative = true
      index = 1
    }
    let whole = addDigits(text, &index, &parts)
    let hasLeadingZero = whole > 1 && text[index - whole] == UInt8(ascii: "0")
    guard whole > 0, !hasLeadingZero else { throw .notDecimal }
    if index < text.count, text[index] == UInt8(ascii: ".") {
      index += 1
      let count = addDigits(text, &index, &parts)
      guard count > 0 else { throw .notDecimal }
      parts.places += count
    }
    if index < text.count { parts.places -= try exponent(text, &index) }
    guard index == text.count else { throw .notDecimal }
    return parts
  }

  /// Adds digits; those that do not fit are counted as places, and are not exact.
  private static func addDigits(
    _ text: UnsafeRawBufferPointer, _ index: inout Int, _ parts: inout Parts
  ) -> Int {
    let start = index
    while index < text.count, text[index] &- UInt8(ascii: "0") < 10 {
      let digit = Int128(text[index] &- UInt8(ascii: "0"))
      if parts.significant < digitsMax {
        parts.digits = parts.digits * 10 + digit
        if parts.digits != 0 { parts.significant += 1 }
      } else {
        parts.isCut = parts.isCut || digit != 0
        parts.places -= 1
      }
      index += 1
    }
    return index - start
  }

  private static func exponent(
    _ text: UnsafeRawBufferPointer, _ index: inout Int
  ) throws(Malformed) -> Int {
    guard lowerCased(text[index]) == UInt8(ascii: "e") else { throw .notDecimal }
    index += 1
    var isNegative = false
    if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
      isNegative = text[index] == UInt8(ascii: "-")
      index += 1
    }
    let start = index
    var exponent = 0
    while index < text.count, text[index] &- UInt8(ascii: "0") < 10 {
      exponent = min(exponent * 10 + Int(text[index] &- UInt8(ascii: "0")), 10_000)
      index += 1
    }
    guard index > start else { throw .notDecimal }
    return isNegative ? -exponent : exponent
  }
}
