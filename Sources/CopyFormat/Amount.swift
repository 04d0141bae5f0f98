// SPDX-License-Identifier: Apache-2.0

/// An exact amount of money: an integer count of 10⁻¹² of the currency's major unit.
///
/// One amount fits `numeric(24,12)`; sums of up to 10¹⁴ such amounts fit `Int128`.
package struct Amount: BitwiseCopyable, Comparable, Hashable, Sendable {
  /// Digits after the point.
  package static let scale = 12
  /// 10¹², the units in 1.
  package static let unitsPerOne: Int128 = 1_000_000_000_000
  package static let zero = Amount(units: 0)
  private static let integerDigitsMax = 12

  package var units: Int128

  package init(units: Int128) {
    self.units = units
  }

  /// Parses `^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,12})?$`.
  package init?(_ text: UnsafeRawBufferPointer) {
    var index = 0
    let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    // 24 digits do not fit 64 bits, 12 do: the two sides of the point are collected apart.
    guard let integer = Self.digits(text, &index, countMax: Self.integerDigitsMax),
      integer.count == 1 || text[isNegative ? 1 : 0] != UInt8(ascii: "0")
    else { return nil }
    var fraction: Int64 = 0
    if index < text.count {
      guard text[index] == UInt8(ascii: ".") else { return nil }
      index += 1
      guard let part = Self.digits(text, &index, countMax: Self.scale), index == text.count
      else { return nil }
      fraction = part.value
      for _ in part.count..<Self.scale { fraction *= 10 }
    }
    let magnitude = Int128(integer.value) * Self.unitsPerOne + Int128(fraction)
    units = isNegative ? -magnitude : magnitude
  }

  package init?(_ text: String) {
    var copy = text
    guard let parsed = copy.withUTF8({ Amount(UnsafeRawBufferPointer($0)) }) else { return nil }
    self = parsed
  }

  /// Nil when the sum does not fit.
  package func adding(_ other: Amount) -> Amount? {
    let (sum, overflow) = units.addingReportingOverflow(other.units)
    return overflow ? nil : Amount(units: sum)
  }

  package static func < (left: Amount, right: Amount) -> Bool { left.units < right.units }

  private static func digits(
    _ text: UnsafeRawBufferPointer, _ index: inout Int, countMax: Int
  ) -> (value: Int64, count: Int)? {
    let start = index
    var value: Int64 = 0
    while index < text.count {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      guard index - start < countMax else { return nil }
      value = value * 10 + Int64(digit)
      index += 1
    }
    return index > start ? (value, index - start) : nil
  }
}

extension Amount: CustomStringConvertible {
  /// The exact decimal without trailing zeros: `0.054399`, `-12`, `0`.
  package var description: String {
    let magnitude = units.magnitude
    let one = UInt128(Self.unitsPerOne)
    var text = (units < 0 ? "-" : "") + String(magnitude / one)
    let fraction = String(magnitude % one)
    let digits = String(repeating: "0", count: Self.scale - fraction.count) + fraction
    let significant = digits.reversed().drop { $0 == "0" }.reversed()
    if !significant.isEmpty { text += "." + String(significant) }
    return text
  }
}
