// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Foundation
import Pricing
import Records
import Testing

@testable import Generator

/// Records that leave their cost to the store, and the prices that they are made for.
@Suite struct WithoutCostTests {
  private static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "ops/lib/list_prices.sql")

  /// A row of the file: two names, a currency, and the prices of input, cached, written, output.
  private func prices() throws -> PriceBook {
    let row = /\('([^']+)', '([^']+)', '([A-Z]+)', ([0-9.]+), ([0-9.]+), ([0-9.]+), ([0-9.]+)\)/
    let rows = try String(contentsOf: Self.file, encoding: .utf8).matches(of: row)
    let currencies = try rows.map { try #require(CurrencyCode($0.output.3.utf8)) }
    return PriceBook(
      version: 1,
      entries: rows.enumerated().map { index, match in
        let values = match.output
        return PriceEntry(
          priceID: Int64(index + 1), provider: String(values.1), model: String(values.2),
          currency: currencies[index],
          rates: PriceRates(
            input: UnitPrice(String(values.4)), output: UnitPrice(String(values.7)),
            cacheReadInput: UnitPrice(String(values.5)),
            cacheCreationInput: UnitPrice(String(values.6))),
          effectiveFrom: Timestamp(microseconds: 0), version: 1)
      }, aliases: [])
  }

  @Test(arguments: [1.0, 0.3])
  func theCatalogueGivesTheCostOfTheSummary(share: Double) throws {
    let end = Timestamp(unixMicroseconds: 1_795_000_000_000_000)
    var settings = GeneratorSettings(seed: 5, count: 3_000, end: end)
    settings.invocationFraction = 1
    settings.formats = [(.plain, 1)]
    settings.withoutCostFraction = share
    let book = try prices()
    var generator = RecordGenerator(settings)
    settings.withoutCostFraction = 0
    var withCost = RecordGenerator(settings)
    let decoder = RecordDecoder(stream: .invocations)
    var sums: [PricingVerdict: Int] = [:]
    var cost: Int128 = 0
    while generator.next() != nil {
      _ = withCost.next()
      try generator.writer.bytes.withUnsafeBytes { payload in
        try decoder.decode(RawRecord(payload: payload), now: end)
        if let verdict = decoder.price(with: book) { sums[verdict, default: 0] += 1 }
        cost += decoder.rollup.cost
      }
    }
    let expected = generator.summary.costByCurrency.values.reduce(Int128(0)) { $0 + $1.units }
    #expect(cost == expected)
    #expect(expected > 0)
    #expect(share < 1 || generator.summary == withCost.summary)
    let computed = sums[.computed, default: 0]
    let own = sums[.producer, default: 0]
    #expect(share == 1 ? own == 0 : own > computed && computed > 500)
    // Failed calls and self-hosted models.
    #expect(3_000 - computed - own == generator.summary.unpriced)
  }
}
