// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// What calls of one interval cost, and what they would cost after a change and a reprice.
package struct PriceEffect: Sendable, Hashable {
  /// Those that another price would be for.
  package internal(set) var calls: Int64 = 0
  /// Of those: that have a cost, and would have no price. A reprice leaves them alone.
  package internal(set) var withoutPrice: Int64 = 0
  /// By currency; calls that a reprice leaves alone are in neither.
  package internal(set) var now: [String: Amount] = [:]
  package internal(set) var then: [String: Amount] = [:]

  package init() {}

  package static func += (left: inout PriceEffect, right: PriceEffect) {
    left.calls += right.calls
    left.withoutPrice += right.withoutPrice
    for (currency, cost) in right.now { left.now[currency, default: .zero] &+= cost }
    for (currency, cost) in right.then { left.then[currency, default: .zero] &+= cost }
  }

  /// By currency, in its order.
  package var moved: [(currency: String, now: Amount, then: Amount, difference: Amount)] {
    Set(now.keys).union(then.keys).sorted().map { currency in
      let (before, behind) = (now[currency] ?? .zero, then[currency] ?? .zero)
      return (currency, before, behind, Amount(units: behind.units - before.units))
    }
  }
}

extension Amount {
  /// Sums do not overflow: 10¹² calls of at most 10²⁴ units.
  static func &+= (left: inout Amount, right: Amount) {
    left = Amount(units: left.units &+ right.units)
  }
}
