// SPDX-License-Identifier: Apache-2.0
import Foundation
import Pricing
import Testing

/// Against what ops/lib/litellm.sh has prepared from the package `litellm`.
struct LiteLLMDifferentialTests {
  private static let directory = ProcessInfo.processInfo.environment["DAYBOOK_TEST_LITELLM"]
  /// Fewer than this were no comparison.
  private static let casesMin = 50_000
  private static let equalShareMin = 0.85

  @Test(.enabled(if: directory != nil, "SKIPPED: no cases of LiteLLM in DAYBOOK_TEST_LITELLM"))
  func pricesAsLiteLLMDoesOrSaysWhyNot() throws {
    let directory = try #require(Self.directory)
    let list = try Data(contentsOf: URL(filePath: directory + "/prices.json")).withUnsafeBytes {
      try LiteLLMPriceList($0)
    }
    #expect(list.problems.isEmpty)
    var comparison = LiteLLMComparison(list, try #require(CurrencyCode("USD".utf8)))
    let cases = try String(contentsOfFile: directory + "/cases.tsv", encoding: .utf8)
    for line in cases.split(separator: "\n") {
      comparison.add(try #require(LiteLLMCase(line)))
    }
    print(comparison.summary)
    #expect(comparison.unexplained.isEmpty, "\(comparison.unexplained.prefix(20))")
    #expect(comparison.caseCount >= Self.casesMin)
    #expect(
      Double(comparison.equalCount) >= Self.equalShareMin * Double(comparison.caseCount))
  }
}
