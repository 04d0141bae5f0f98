// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import Pricing

/// A stretch of time in which one key has another price than before.
package struct PriceInterval: Sendable, Hashable {
  package let key: PriceKey
  package let from: Timestamp
  /// Nil: for good.
  package let to: Timestamp?
  /// Nil: nothing was in force.
  package let old: PriceEntry?
  /// Nil: nothing is in force any more.
  package let rates: PriceRates?
  package let currency: CurrencyCode

  var isSame: Bool {
    guard let old else { return rates == nil }
    return old.rates == rates && old.currency == currency
  }

  func covers(_ time: Timestamp) -> Bool { from <= time && (to.map { time < $0 } ?? true) }
}

/// Ends of intervals; nil: for good.
func earlier(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? {
  guard let left, let right else { return left ?? right }
  return min(left, right)
}
