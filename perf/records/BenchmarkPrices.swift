// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing
import Records

/// A catalogue of the size of a real one: 3,000 models of four providers, three price changes and
/// two tiers each; it prices the models of the examples.
enum BenchmarkPrices {
  private static let modelCount = 3_000
  private static let changes = 3
  private static let models = [
    ("anthropic", "claude-sonnet-4-5"), ("anthropic", "claude-opus-4-5"), ("openai", "gpt-5"),
    ("openai", "gpt-5-mini"), ("gcp.gemini", "gemini-3-pro"), ("mistral_ai", "mistral-embed"),
  ]

  static let book: PriceBook = {
    var entries: [PriceEntry] = []
    let others = (models.count..<modelCount).map { ("provider-\($0 % 4)", "model-\($0)") }
    for (provider, model) in models + others {
      for tier in ["standard", "batch"] {
        for change in 0..<changes { entries += entry(provider, model, tier, change, entries.count) }
      }
    }
    return PriceBook(version: 1, entries: entries, aliases: [])
  }()

  private static func entry(
    _ provider: String, _ model: String, _ tier: String, _ change: Int, _ number: Int
  ) -> [PriceEntry] {
    guard let currency = CurrencyCode("USD".utf8) else { return [] }
    let year = 365 * Timestamp.microsecondsPerDay
    let start = TimeBounds.earliest.microseconds + Int64(change) * year
    let end = Timestamp(microseconds: start + year)
    return [
      PriceEntry(
        priceID: Int64(number + 1), provider: provider, model: model, serviceTier: tier,
        currency: currency,
        rates: PriceRates(
          input: UnitPrice("0.000003"), output: UnitPrice("0.000015"),
          cacheReadInput: UnitPrice("0.0000003"), cacheCreationInput: UnitPrice("0.00000375")),
        effectiveFrom: Timestamp(microseconds: start),
        effectiveTo: change + 1 < changes ? end : nil, version: 1)
    ]
  }
}
