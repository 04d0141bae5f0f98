// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing

/// Our prices of LiteLLM's cases, counted by how they differ.
struct LiteLLMComparison {
  private static let instant = Timestamp(microseconds: 0)
  /// LiteLLM adds binary floats, and our cost is rounded to 12 decimals.
  private static let relativeError = 1e-9
  private static let roundingError = 0.51e-12

  private let list: LiteLLMPriceList
  private let book: PriceBook
  private(set) var models: Set<String> = []
  private(set) var caseCount = 0
  private(set) var equalCount = 0
  private(set) var explained: [LiteLLMDeviation: Int] = [:]
  private(set) var unexplained: [String] = []

  init(_ list: LiteLLMPriceList, _ currency: CurrencyCode) {
    self.list = list
    book = PriceBook(
      version: 1,
      entries: list.prices.enumerated().map { index, price in
        PriceEntry(
          priceID: Int64(index), provider: price.key.provider, model: price.key.model,
          region: price.key.region, serviceTier: price.key.serviceTier,
          minInputTokens: price.key.minInputTokens,
          currency: currency, rates: price.rates, effectiveFrom: Self.instant, version: 1)
      }, aliases: [])
  }

  mutating func add(_ one: LiteLLMCase) {
    models.insert(one.key)
    caseCount += 1
    let ours = outcome(one, tier: one.tier)
    if Self.isEqual(ours, one.cost) {
      equalCount += 1
    } else if let deviation = LiteLLMDeviation(
      one, ours, standard: outcome(one, tier: PriceBook.standardTier), list)
    {
      explained[deviation, default: 0] += 1
    } else {
      unexplained.append(
        "\(one.key) \(one.tier) \(one.usage): \(ours), LiteLLM \(one.cost ?? .nan)")
    }
  }

  static func isEqual(_ ours: PriceOutcome, _ theirs: Double?) -> Bool {
    guard case .priced(let price) = ours, let theirs, let cost = Double(price.cost.description)
    else { return false }
    return abs(cost - theirs) <= max(relativeError * abs(theirs), roundingError)
  }

  var summary: String {
    var lines = [
      "LiteLLM: \(models.count) models, \(caseCount) calls, \(equalCount) equal, "
        + "\(unexplained.count) unexplained"
    ]
    for deviation in LiteLLMDeviation.allCases {
      lines.append("  \(explained[deviation] ?? 0)  \(deviation.rawValue)")
    }
    return lines.joined(separator: "\n")
  }

  private func outcome(_ one: LiteLLMCase, tier: String) -> PriceOutcome {
    book.outcome(
      provider: one.provider, region: one.region.isEmpty ? nil : one.region,
      responseModel: one.model, requestModel: one.model,
      serviceTier: tier, usage: one.usage, at: Self.instant)
  }
}
