// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// What one meter of a line cost, or an amount that no meter explains.
struct FocusCharge {
  /// A price and what the quantity costs by it.
  struct Price {
    /// Exact; more digits than a cost has.
    let cost: String
    /// Per unit; nil where no quantity explains the cost.
    let unitPrice: String?

    init(cost: String, unitPrice: String?) {
      self.cost = cost
      self.unitPrice = unitPrice
    }

    init(cost: Amount) {
      self.init(cost: cost.description, unitPrice: nil)
    }
  }

  /// Nil for an adjustment, which is no usage.
  let meter: FocusMeter?
  let billedCost: Amount
  let contracted: Price
  let listed: Price
  /// Nil for an adjustment, and for a correction that no quantity explains.
  let quantity: Int64?
  /// `model_prices.price_id`; nil when the cost is not divided by a price.
  let priceID: Int64?

  static func adjustment(of cost: Amount) -> FocusCharge {
    FocusCharge(
      meter: nil, billedCost: cost, contracted: Price(cost: cost), listed: Price(cost: cost),
      quantity: nil, priceID: nil)
  }
}
