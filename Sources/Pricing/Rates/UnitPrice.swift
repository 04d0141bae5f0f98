// SPDX-License-Identifier: Apache-2.0

/// A price for one token: an exact integer count of 10⁻²⁴ of the currency's major unit.
///
/// One price fits `numeric(27,24)`: three digits before the point, 24 behind it; never negative.
package struct UnitPrice: BitwiseCopyable, Comparable, Hashable, Sendable {
  /// Digits after the point.
  package static let scale = 24
  /// Digits of the largest price, on both sides of the point.
  package static let digitsMax = 27
  /// Units of a price in one unit of an ``Amount``.
  static let unitsPerAmountUnit: Int128 = 1_000_000_000_000
  /// 10²⁷.
  private static let unitsEnd: UInt128 = 1_000_000_000_000_000_000_000_000_000
  package static let zero = UnitPrice(units: 0)

  package let units: Int128

  /// `units` lies in `0..<10²⁷`.
  init(units: Int128) {
    self.units = units
  }

  /// Takes the text of a JSON number, with an exponent or without, as it stands.
  package init(parsing text: UnsafeRawBufferPointer) throws(UnitPriceError) {
    guard let number = DecimalText(text) else { throw .notANumber }
    guard !number.isNegative || number.significand == 0 else { throw .negative }
    let shift = number.exponent + Self.scale
    guard number.significand > 0 else {
      units = 0
      return
    }
    guard shift >= 0 else { throw .tooFine }
    guard number.digitCount + shift <= Self.digitsMax else { throw .tooLarge }
    var value = Int128(number.significand)
    for _ in 0..<shift { value *= 10 }
    units = value
  }

  /// Nil where ``init(parsing:)`` throws.
  package init?(_ text: String) {
    var copy = text
    let parsed = copy.withUTF8 { bytes in
      try? UnitPrice(parsing: UnsafeRawBufferPointer(bytes))
    }
    guard let parsed else { return nil }
    self = parsed
  }

  /// Nil when it has 24 decimals and the last is odd.
  var half: UnitPrice? { units % 2 == 0 ? UnitPrice(units: units / 2) : nil }

  /// As much more or less as `part` is of `whole`, rounded to 24 decimals, half away from zero; nil
  /// for a whole of zero, and beyond the largest price.
  func scaled(_ part: UnitPrice, of whole: UnitPrice) -> UnitPrice? {
    guard whole.units > 0 else { return nil }
    let product = units.magnitude.multipliedFullWidth(by: part.units.magnitude)
    let divisor = whole.units.magnitude
    guard product.high < divisor else { return nil }
    let (quotient, remainder) = divisor.dividingFullWidth(product)
    let rounded = quotient + (remainder >= divisor - remainder ? 1 : 0)
    return rounded < Self.unitsEnd ? UnitPrice(units: Int128(rounded)) : nil
  }

  package static func < (left: UnitPrice, right: UnitPrice) -> Bool { left.units < right.units }
}

extension UnitPrice: CustomStringConvertible {
  /// The exact decimal without exponent and trailing zeros: `0.000003`, `0`.
  package var description: String {
    var digits = String(units)
    digits = String(repeating: "0", count: max(0, Self.scale + 1 - digits.count)) + digits
    let fraction = digits.suffix(Self.scale).reversed().drop { $0 == "0" }.reversed()
    let integer = digits.dropLast(Self.scale)
    return fraction.isEmpty ? String(integer) : integer + "." + String(fraction)
  }
}
