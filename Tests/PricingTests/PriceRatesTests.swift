// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing
import Testing

struct PriceRatesTests {
  @Test(arguments: 0..<20)
  func isExactAgainstSchoolArithmetic(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    for _ in 0..<200 {
      let units = (0..<8).map { _ in random.digits(upTo: 22) }
      let tokens = (0..<8).map { _ in Int64.random(in: 0...2_000_000_000, using: &random) }
      let prices = try units.map { text in
        try #require(UnitPrice("\(text)e-24"))
      }
      let rates = PriceRates(
        input: prices[0], output: prices[1], cacheReadInput: prices[2],
        cacheCreationInput: prices[3], cacheCreation1hInput: prices[4], reasoningOutput: prices[5],
        audioInput: prices[6], audioOutput: prices[7])
      let usage = TokenUsage(
        inputTokens: tokens[0] + tokens[2] + tokens[3] + tokens[4] + tokens[6],
        outputTokens: tokens[1] + tokens[5] + tokens[7], cacheReadInputTokens: tokens[2],
        cacheCreationInputTokens: tokens[3] + tokens[4], cacheCreation1hInputTokens: tokens[4],
        reasoningOutputTokens: tokens[5], audioInputTokens: tokens[6], audioOutputTokens: tokens[7])
      var sum = SlowDecimal("0")
      for (price, count) in zip(units, tokens) {
        sum = sum + SlowDecimal(price) * SlowDecimal(String(count))
      }
      let cost = try #require(rates.cost(of: usage))
      #expect(String(cost.units) == sum.rounded(off: 12).text)
    }
  }

  @Test(arguments: [
    ("4.99999999999e-13", 1, "0"), ("5e-13", 1, "0.000000000001"),
    ("4e-13", 2, "0.000000000001"), ("1e-13", 4, "0"), ("1e-13", 15, "0.000000000002"),
  ])
  func roundsOnceHalfAwayFromZero(price: String, tokens: Int64, cost: String) throws {
    let rates = PriceRates(input: UnitPrice(price), output: UnitPrice("0"))
    #expect(rates.cost(of: TokenUsage(inputTokens: tokens))?.description == cost)
    // The sum is rounded, not its parts.
    let halves = PriceRates(input: UnitPrice("3e-13"), output: UnitPrice("3e-13"))
    #expect(
      halves.cost(of: TokenUsage(inputTokens: 1, outputTokens: 1))?.description
        == "0.000000000001")
  }

  @Test func missingRatesFallBack() throws {
    let usage = TokenUsage(
      inputTokens: 11_110, outputTokens: 1110, cacheReadInputTokens: 10,
      cacheCreationInputTokens: 1100, cacheCreation1hInputTokens: 1000, reasoningOutputTokens: 10,
      audioInputTokens: 0, audioOutputTokens: 100)
    var rates = PriceRates(input: UnitPrice("1"), output: UnitPrice("2"))
    #expect(rates.cost(of: usage)?.description == "13330")
    rates.cacheReadInput = UnitPrice("0")
    #expect(rates.cost(of: usage)?.description == "13320")
    rates.cacheCreationInput = UnitPrice("3")
    #expect(rates.cost(of: usage)?.description == "15520")
    rates.cacheCreation1hInput = UnitPrice("1")
    #expect(rates.cost(of: usage)?.description == "13520")
    rates.reasoningOutput = UnitPrice("3")
    rates.audioOutput = UnitPrice("0")
    #expect(rates.cost(of: usage)?.description == "13330")
  }

  @Test func whatIsCountedTwiceIsNotNegative() {
    let tokens = BilledTokens(
      TokenUsage(
        inputTokens: 10, outputTokens: 5, cacheReadInputTokens: 8, cacheCreationInputTokens: 8,
        cacheCreation1hInputTokens: 9, reasoningOutputTokens: 6, audioInputTokens: 1))
    #expect(tokens.input == 0)
    #expect(tokens.cacheCreation5m == 0)
    #expect(tokens.output == 0)
    let extreme = BilledTokens(
      TokenUsage(
        inputTokens: .min, outputTokens: .max, cacheReadInputTokens: .max,
        cacheCreationInputTokens: .max, cacheCreation1hInputTokens: .min,
        reasoningOutputTokens: .max, audioInputTokens: .max, audioOutputTokens: .max))
    #expect(extreme.input == 0 && extreme.cacheCreation1h == 0 && extreme.output == 0)
  }

  @Test func saysWhyThereIsNoCost() throws {
    let rates = PriceRates(output: UnitPrice("999"))
    #expect(rates.charge(for: TokenUsage(inputTokens: 1)) == .failure(.noRate))
    #expect(
      rates.charge(for: TokenUsage(outputTokens: 1_001_001_001))
        == .success(try #require(Amount("999999999999"))))
    #expect(rates.charge(for: TokenUsage(outputTokens: 1_001_001_002)) == .failure(.outOfRange))
    #expect(rates.charge(for: TokenUsage(outputTokens: .max)) == .failure(.outOfRange))
    let free = PriceRates(input: UnitPrice("0"), output: UnitPrice("0"))
    #expect(free.cost(of: TokenUsage(inputTokens: .max, outputTokens: .max)) == .zero)
  }
}
