// SPDX-License-Identifier: Apache-2.0
import Pricing
import Records

/// How the accepted records of a batch came to their costs, in records.
struct PricingCounts: BitwiseCopyable {
  private(set) var computed = 0
  private var noUsage = 0
  private var unknownModel = 0
  private var noPriceInForce = 0
  private var noRate = 0
  private var outOfRange = 0

  mutating func count(_ verdict: PricingVerdict) {
    switch verdict {
    case .producer: break
    case .computed: computed += 1
    case .noUsage: noUsage += 1
    case .unpriced(.unknownModel): unknownModel += 1
    case .unpriced(.noPriceInForce): noPriceInForce += 1
    case .unpriced(.noRate): noRate += 1
    case .unpriced(.outOfRange): outOfRange += 1
    }
  }

  /// By the label of the metric.
  var unpriced: [(reason: String, count: Int)] {
    [
      (PricingVerdict.noUsageReason, noUsage), (Unpriced.unknownModel.rawValue, unknownModel),
      (Unpriced.noPriceInForce.rawValue, noPriceInForce), (Unpriced.noRate.rawValue, noRate),
      (Unpriced.outOfRange.rawValue, outOfRange),
    ]
  }
}
