// SPDX-License-Identifier: Apache-2.0

/// A JSON number's text, read without rounding: `significand · 10^exponent`.
struct DecimalText {
  /// More digits than a `UInt128` holds are in no price.
  private static let digitsMax = 38
  /// Beyond it every exponent is as good as any other.
  private static let exponentMax = 100_000

  private(set) var isNegative = false
  /// Without trailing zeros.
  private(set) var significand: UInt128 = 0
  /// Of the significand; 0 for zero.
  private(set) var digitCount = 0
  private(set) var exponent = 0
  /// Zeros that count only if another digit follows.
  private var pendingZeros = 0

  /// Nil unless `text` is a JSON number of at most 38 significant digits.
  init?(_ text: UnsafeRawBufferPointer) {
    var index = 0
    if Self.skip(UInt8(ascii: "-"), text, &index) { isNegative = true }
    let integerStart = index
    guard let integerDigits = digits(text, &index, isFraction: false),
      integerDigits == 1 || text[integerStart] != UInt8(ascii: "0")
    else { return nil }
    if Self.skip(UInt8(ascii: "."), text, &index) {
      guard digits(text, &index, isFraction: true) != nil else { return nil }
    }
    if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      guard let power = Self.power(text, &index) else { return nil }
      exponent += power
    }
    guard index == text.count else { return nil }
    exponent += pendingZeros
  }

  /// Nil for anything but a number of at most 18 digits without a fraction.
  var wholeNumber: Int64? {
    guard exponent >= 0, digitCount + exponent <= 18 else { return nil }
    var value = Int64(significand)
    for _ in 0..<exponent { value *= 10 }
    return isNegative ? -value : value
  }

  private mutating func digits(
    _ text: UnsafeRawBufferPointer, _ index: inout Int, isFraction: Bool
  ) -> Int? {
    let start = index
    while index < text.count {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      guard append(digit) else { return nil }
      if isFraction { exponent -= 1 }
      index += 1
    }
    return index > start ? index - start : nil
  }

  private mutating func append(_ digit: UInt8) -> Bool {
    guard digit > 0 else {
      if digitCount > 0 { pendingZeros += 1 }
      return true
    }
    guard digitCount + pendingZeros < Self.digitsMax else { return false }
    for _ in 0..<pendingZeros { significand *= 10 }
    digitCount += pendingZeros + 1
    pendingZeros = 0
    significand = significand * 10 + UInt128(digit)
    return true
  }

  private static func power(_ text: UnsafeRawBufferPointer, _ index: inout Int) -> Int? {
    let isNegative = skip(UInt8(ascii: "-"), text, &index)
    if !isNegative { _ = skip(UInt8(ascii: "+"), text, &index) }
    let start = index
    var value = 0
    while index < text.count {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      value = min(value * 10 + Int(digit), exponentMax)
      index += 1
    }
    guard index > start else { return nil }
    return isNegative ? -value : value
  }

  private static func skip(
    _ byte: UInt8, _ text: UnsafeRawBufferPointer, _ index: inout Int
  ) -> Bool {
    guard index < text.count, text[index] == byte else { return false }
    index += 1
    return true
  }
}
