// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Foundation
import Pricing
import Testing

struct LiteLLMDifferentialTests {
  static let directory = ProcessInfo.processInfo.environment["DAYBOOK_TEST_LITELLM"]

  @Test(.enabled(if: directory != nil)) func explore() throws {
    let directory = try #require(Self.directory)
    let list = try Data(contentsOf: URL(filePath: directory + "/prices.json")).withUnsafeBytes {
      try LiteLLMPriceList($0)
    }
    print(list.entryCount, list.modelCount, list.prices.count, list.withoutTokenPrice, list.pricedOtherwise)
    print(list.conflicts.count, list.conflicts.prefix(30))
    print(list.problems.prefix(10), list.ignoredValues)
    print(list.unsupported.sorted { $0.value > $1.value })
    let currency = try #require(CurrencyCode("USD".utf8))
    let start = Timestamp(microseconds: 0)
    let book = PriceBook(
      version: 1,
      entries: list.prices.enumerated().map { index, price in
        PriceEntry(
          priceID: Int64(index), provider: price.key.provider, model: price.key.model,
          serviceTier: price.key.serviceTier, minInputTokens: price.key.minInputTokens,
          currency: currency, rates: price.rates, effectiveFrom: start, version: 1)
      }, aliases: [])
    var report = ""
    var equal = 0
    for line in try String(contentsOfFile: directory + "/cases.tsv", encoding: .utf8).split(separator: "\n") {
      let one = try #require(LiteLLMCase(line))
      let entry = book.entry(provider: one.provider, responseModel: one.model, requestModel: one.model, serviceTier: one.tier, inputTokens: one.usage.inputTokens, at: start)
      let ours = entry.map { $0.rates.charge(for: one.usage) }
      var mine: Double?
      var why = "unknown"
      switch ours {
      case .success(let amount)?: mine = Double(amount.description)
      case .failure(let reason)?: why = reason.rawValue
      case nil: break
      }
      func same(_ theirs: Double?) -> Bool {
        guard let mine, let theirs else { return false }
        return abs(mine - theirs) <= max(1e-9 * abs(theirs), 1e-12)
      }
      if same(one.cost) { equal += 1; continue }
      report += "\(same(one.genericCost) ? "G" : "-")\t\(mine.map { "\($0)" } ?? why)\t\(line)\n"
    }
    print("equal", equal)
    try report.write(toFile: directory + "/report.tsv", atomically: true, encoding: .utf8)
  }
}
