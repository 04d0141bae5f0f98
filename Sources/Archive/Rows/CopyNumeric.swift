// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// The binary form of `numeric`: a count of digits in base 10 000, the weight of the first, a sign,
/// the display scale, the digits.
enum CopyNumeric {
  static let headerBytes = 8
  static let negative: UInt16 = 0x4000
  static let notANumber: UInt16 = 0xC000
  /// Groups of 4 digits behind the point that an `Amount` holds.
  private static let fractionGroups = Amount.scale / 4

  /// Nil for NaN and infinity, for digits beyond 10⁻¹², for what overflows, and for other bytes.
  static func amount(_ bytes: RawSpan) -> Amount? {
    guard bytes.byteCount >= headerBytes else { return nil }
    let digits = Int(word(bytes, 0))
    let sign = word(bytes, 2)
    guard bytes.byteCount == headerBytes + 2 * digits, sign == 0 || sign == negative else {
      return nil
    }
    // Nearly all amounts fit 64 bits, whose arithmetic is several times as fast.
    let units: Int128
    if let small = magnitude(bytes, digits, as: Int64.self) {
      units = Int128(small)
    } else if let large = magnitude(bytes, digits, as: Int128.self) {
      units = large
    } else {
      return nil
    }
    return Amount(units: sign == negative ? -units : units)
  }

  private static func magnitude<Units: FixedWidthInteger>(
    _ bytes: RawSpan, _ digits: Int, as _: Units.Type
  ) -> Units? {
    // Groups between the last digit and 10⁻¹²; below 0 there are digits behind it.
    let missing = Int(Int16(bitPattern: word(bytes, 1))) - digits + 1 + fractionGroups
    var units: Units = 0
    for index in 0..<digits {
      let digit = word(bytes, 4 + index)
      guard digit < 10_000 else { return nil }
      if missing < 0, index >= digits + missing {
        // Behind the twelfth decimal only zeros are exact.
        guard digit == 0 else { return nil }
      } else {
        guard let next = shifted(units, by: Units(digit)) else { return nil }
        units = next
      }
    }
    guard units != 0, missing > 0 else { return units }
    for _ in 0..<missing {
      guard let next = shifted(units, by: 0) else { return nil }
      units = next
    }
    return units
  }

  private static func shifted<Units: FixedWidthInteger>(_ units: Units, by digit: Units) -> Units? {
    let (product, overflow) = units.multipliedReportingOverflow(by: 10_000)
    let (sum, carried) = product.addingReportingOverflow(digit)
    return overflow || carried ? nil : sum
  }

  /// The 16-bit word at `index`.
  static func word(_ bytes: RawSpan, _ index: Int) -> UInt16 {
    bytes.integer(at: 2 * index)
  }
}
