// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing
import Testing

/// Short ways to say prices, times and look-ups.
enum PriceSample {
  static func price(_ text: String) throws -> UnitPrice { try #require(UnitPrice(text)) }

  static func time(_ text: String) throws -> Timestamp {
    var text = text
    return try #require(text.withUTF8 { Timestamp(rfc3339: UnsafeRawBufferPointer($0)) })
  }

  static func entry(
    _ id: Int64, _ provider: String, _ model: String, region: String = "",
    tier: String = "standard", above: Int64 = 0,
    input: String, output: String = "0", from: String = "2026-01-01T00:00:00Z", to: String? = nil
  ) throws -> PriceEntry {
    PriceEntry(
      priceID: id, provider: provider, model: model, region: region, serviceTier: tier,
      minInputTokens: above,
      currency: try #require(CurrencyCode("USD".utf8)),
      rates: PriceRates(input: try price(input), output: try price(output)),
      effectiveFrom: try time(from), effectiveTo: try to.map(time), version: 1)
  }

  static func book(_ entries: [PriceEntry], _ aliases: [PriceAlias] = []) -> PriceBook {
    PriceBook(version: 1, entries: entries, aliases: aliases)
  }
}

extension PriceBook {
  /// Price id of the row that prices the call; the reason when none does.
  func found(
    _ provider: String, _ response: String?, request: String = "unheard-of",
    region: String? = nil, tier: String = "standard", input: Int64 = 10,
    at: String = "2026-06-01T00:00:00Z"
  ) throws -> String {
    let time = try PriceSample.time(at)
    let usage = TokenUsage(inputTokens: input)
    let outcome = self.outcome(
      provider: provider, region: region, responseModel: response, requestModel: request,
      serviceTier: tier, usage: usage, at: time)
    let entry = self.entry(
      provider: provider, region: region, responseModel: response, requestModel: request,
      serviceTier: tier, inputTokens: input, at: time)
    switch outcome {
    case .priced(let priced):
      #expect(entry?.priceID == priced.priceID)
      return String(priced.priceID)
    case .unpriced(let reason):
      #expect(entry == nil || reason == .noRate || reason == .outOfRange)
      return reason.rawValue
    }
  }
}
