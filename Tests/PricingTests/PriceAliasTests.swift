// SPDX-License-Identifier: Apache-2.0
import Pricing
import Testing

struct PriceAliasTests {
  @Test func exactThenLongestThenOwnProvider() throws {
    let entries = try ["a", "b", "c", "d"].enumerated().map { index, model in
      try PriceSample.entry(Int64(index + 1), "openai", model, input: "1e-6")
    }
    let book = PriceSample.book(
      entries,
      [
        PriceAlias(pattern: "x*", targetModel: "a"),
        PriceAlias(pattern: "x-y*", targetModel: "b"),
        PriceAlias(pattern: "x-y-z", targetModel: "c"),
        PriceAlias(provider: "openai", pattern: "x-*", targetModel: "d"),
        PriceAlias(provider: "azure", pattern: "x*", targetProvider: "openai", targetModel: "c"),
        PriceAlias(pattern: "lost", targetModel: "nothing"),
        PriceAlias(pattern: "a", targetModel: "b"),
      ])
    #expect(try book.found("openai", "x-y-z") == "3")
    #expect(try book.found("openai", "x-y-zz") == "2")
    #expect(try book.found("openai", "x-q") == "4")
    #expect(try book.found("openai", "xq") == "1")
    #expect(try book.found("azure.ai.openai", "xq") == "3")
    #expect(try book.found("azure.ai.openai", "x-q") == "3")
    #expect(try book.found("mistral", "xq") == "unknown_model")
    #expect(try book.found("openai", "lost", request: "a") == "1")
    // A price of its own goes before an alias.
    #expect(try book.found("openai", "a") == "1")
  }

  @Test(arguments: 0..<10)
  func matchesAsTheSimplestMatcherDoes(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let target = try PriceSample.entry(1, "p", "target", input: "1e-6")
    for _ in 0..<400 {
      let pattern = random.text("ab*", upTo: 8) + "*"
      let name = random.text("ab", upTo: 12)
      let book = PriceSample.book([target], [PriceAlias(pattern: pattern, targetModel: "target")])
      let isFound = try book.found("p", name, request: "zzz") == "1"
      #expect(
        isFound == Self.matches(Array(pattern.utf8)[...], Array(name.utf8)[...]),
        "\(pattern) \(name)")
    }
  }

  /// Exponential for a matcher that goes back, quadratic for one without a table.
  @Test(.timeLimit(.minutes(1))) func aLongNameIsMatchedInLinearTime() throws {
    let target = try PriceSample.entry(1, "p", "target", input: "1e-6")
    let piece = String(repeating: "a", count: 5000) + "b"
    let pattern = String(repeating: "*" + piece, count: 20) + "*"
    let book = PriceSample.book([target], [PriceAlias(pattern: pattern, targetModel: "target")])
    let name = String(repeating: "a", count: 200_000)
    let begin = ContinuousClock.now
    for _ in 0..<2 { #expect(try book.found("p", name) == "unknown_model") }
    // 800,000 steps; going back each time would take 4 · 10⁹.
    #expect(ContinuousClock.now - begin < .seconds(20))
  }

  private static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return name.isEmpty }
    if first == UInt8(ascii: "*") {
      return (name.startIndex...name.endIndex).contains {
        matches(pattern.dropFirst(), name[$0...])
      }
    }
    return first == name.first && matches(pattern.dropFirst(), name.dropFirst())
  }
}

extension SplitMix {
  fileprivate mutating func text(_ letters: String, upTo count: Int) -> String {
    let length = Int.random(in: 0...count, using: &self)
    return String((0..<length).compactMap { _ in letters.randomElement(using: &self) })
  }
}
