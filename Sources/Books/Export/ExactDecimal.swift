// SPDX-License-Identifier: Apache-2.0

/// Integers of a power of ten as decimals.
enum ExactDecimal {
  /// `units` · 10⁻ˢᶜᵃˡᵉ without trailing zeros: `-0.003`, `12`.
  static func text(_ units: Int128, scale: Int) -> String {
    var digits = String(units.magnitude)
    digits = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
    let fraction = digits.suffix(scale).reversed().drop { $0 == "0" }.reversed()
    let sign = units < 0 ? "-" : ""
    let integer = sign + digits.dropLast(scale)
    return fraction.isEmpty ? integer : integer + "." + String(fraction)
  }

  /// Rounded half away from zero; nil when `divisor` is zero.
  static func divide(_ dividend: Int128, by divisor: Int128) -> Int128? {
    guard divisor != 0 else { return nil }
    let (quotient, rest) = dividend.quotientAndRemainder(dividingBy: divisor)
    guard rest.magnitude >= divisor.magnitude - rest.magnitude else { return quotient }
    return (dividend < 0) == (divisor < 0) ? quotient + 1 : quotient - 1
  }
}
