// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
import Pricing

/// Sums of what producers say and what the catalogue says, by what a price depends on.
package struct PriceComparison: Sendable {
  package struct Key: Hashable, Sendable {
    package let provider, model, serviceTier, currency: String
  }

  package struct Line: Sendable {
    package let key: Key
    /// Those that both price.
    package fileprivate(set) var calls: Int64 = 0
    package fileprivate(set) var producer = Amount.zero
    package fileprivate(set) var catalogue = Amount.zero
    /// Catalogue less producer, of the call where it is farthest from zero.
    package fileprivate(set) var worst = Amount.zero
    package fileprivate(set) var worstInvocation: String?
    /// Calls that do not say their tokens, or that the catalogue does not price in the producer's
    /// currency.
    package fileprivate(set) var notPriced: Int64 = 0

    /// Catalogue less producer.
    package var difference: Amount { Amount(units: catalogue.units - producer.units) }

    /// Whether the difference is more than `percent` of the producers' sum.
    package func exceeds(_ percent: Amount) -> Bool {
      // |difference| · 100 · 10¹² > percent · |producer|, in 256 bits: sums are below 10³⁷.
      let left = difference.units.magnitude.multipliedFullWidth(
        by: 100 * UInt128(Amount.unitsPerOne))
      let right = producer.units.magnitude.multipliedFullWidth(by: percent.units.magnitude)
      return (left.high, left.low) > (right.high, right.low)
    }
  }

  private var byKey: [Key: Line] = [:]

  /// Sums do not overflow: 10¹² calls of at most 10²⁴ units.
  mutating func add(_ key: Key, _ invocation: String, producer: Amount, catalogue: Amount?) {
    var line = byKey[key] ?? Line(key: key)
    defer { byKey[key] = line }
    guard let catalogue else {
      line.notPriced += 1
      return
    }
    line.calls += 1
    line.producer = Amount(units: line.producer.units &+ producer.units)
    line.catalogue = Amount(units: line.catalogue.units &+ catalogue.units)
    let difference = Amount(units: catalogue.units - producer.units)
    if difference.units.magnitude > line.worst.units.magnitude {
      line.worst = difference
      line.worstInvocation = invocation
    }
  }

  /// The largest difference first.
  var lines: [Line] {
    byKey.values.sorted { left, right in
      let (first, second) = (left.difference.units.magnitude, right.difference.units.magnitude)
      if first != second { return first > second }
      return (left.key.provider, left.key.model, left.key.serviceTier, left.key.currency)
        < (right.key.provider, right.key.model, right.key.serviceTier, right.key.currency)
    }
  }
}
