// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// Σ tokens · rate in 10⁻²⁴, which fits `Int128` for every cost that `numeric(24,12)` holds.
struct PriceSum {
  /// `numeric(24,12)` holds less than 10¹².
  private static let amountUnitsEnd: Int128 = 1_000_000_000_000 * Amount.unitsPerOne

  private var units: Int128 = 0
  private var isUnknown = false
  private var isTooLarge = false

  /// `rate` in 10⁻²⁴; negative: not known.
  @inline(__always) mutating func add(_ tokens: Int64, _ rate: Int128) {
    guard tokens > 0 else { return }
    guard rate >= 0 else {
      isUnknown = true
      return
    }
    let (product, productOverflow) = rate.multipliedReportingOverflow(by: Int128(tokens))
    let (sum, sumOverflow) = units.addingReportingOverflow(product)
    isTooLarge = isTooLarge || productOverflow || sumOverflow
    units = sum
  }

  var amount: Result<Amount, Unpriced> {
    if isUnknown { return .failure(.noRate) }
    let (shifted, overflow) = units.addingReportingOverflow(UnitPrice.unitsPerAmountUnit / 2)
    if isTooLarge || overflow { return .failure(.outOfRange) }
    let rounded = shifted / UnitPrice.unitsPerAmountUnit
    return rounded < Self.amountUnitsEnd
      ? .success(Amount(units: rounded)) : .failure(.outOfRange)
  }
}
