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

  /// The request says a provider or a region, the response the day.
  @Test func ofTheRequestGoesBeforeTheDayOfTheResponse() throws {
    let (model, dated) = ("gpt-4o", "gpt-4o-2024-05-13")
    let entries = [
      try PriceSample.entry(1, "openai", model, input: "1e-6"),
      try PriceSample.entry(2, "openai", dated, input: "2e-6"),
      try PriceSample.entry(3, "openai", "contract", input: "3e-6"),
      try PriceSample.entry(4, "openai", dated, region: "eu", input: "4e-6"),
    ]
    func found(_ request: String, _ pattern: String? = nil) throws -> String {
      let aliases = pattern.map { [PriceAlias(pattern: $0, targetModel: "contract")] } ?? []
      return try PriceSample.book(entries, aliases).found("openai", dated, request: request)
    }
    for (request, id) in [("openai/gpt-4o", "2"), ("eu/gpt-4o", "4"), ("openai/eu/gpt-4o", "4")] {
      #expect(try found(request) == id)
      #expect(try found(request, request) == "3", "\(request)")
      // No record has the name of both together.
      #expect(try found(request, "*/\(dated)") == id, "\(request)")
      #expect(try found(request, "openai/*-2024-*") == id, "\(request)")
    }
    #expect(try found("openai/eu/gpt-4o", "eu/gpt-4o") == "3")
    // The response has its name, with or without a prefix of the request.
    let undated = [entries[0], entries[2]]
    let served = PriceSample.book(undated, [PriceAlias(pattern: dated, targetModel: "contract")])
    #expect(try served.found("openai", dated, request: model) == "3")
    #expect(try served.found("openai", dated, request: "openai/gpt-4o") == "3")
    // A price by hand of the very name.
    let own = try PriceSample.entry(5, "openai", "openai/gpt-4o", input: "5e-6")
    #expect(
      try PriceSample.book(entries + [own]).found("openai", dated, request: "openai/gpt-4o") == "5")
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
