// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing
import Testing

struct PriceBookTests {
  @Test func namesOfProvidersMeanTheSame() throws {
    let book = PriceSample.book([
      try PriceSample.entry(1, "bedrock_converse", "nova", input: "1e-6"),
      try PriceSample.entry(2, "vertex_ai-language-models", "gemini-3", input: "1e-6"),
      try PriceSample.entry(3, "openai", "gpt-5", input: "1e-6"),
    ])
    for name in ["aws.bedrock", "bedrock", "AWS.Bedrock", "aws_bedrock"] {
      #expect(try book.found(name, "nova") == "1", "\(name)")
    }
    for name in ["gcp.vertex_ai", "vertex_ai", "vertex_ai-anthropic_models", "Vertex_AI-x"] {
      #expect(try book.found(name, "gemini-3") == "2", "\(name)")
    }
    #expect(try book.found("openai", "gpt-5") == "3")
    #expect(try book.found("open\u{41}I", "gpt-5") == "3")
    // Another endpoint, with other prices.
    #expect(try book.found("bedrock_mantle", "nova") == "unknown_model")
    #expect(try book.found("openai", "nova") == "unknown_model")
    #expect(try book.found("nobody", "gpt-5") == "unknown_model")
    #expect(try PriceBook.empty.found("openai", "gpt-5") == "unknown_model")
  }

  @Test func tiersFallBackToStandard() throws {
    let book = PriceSample.book([
      try PriceSample.entry(1, "openai", "m", input: "1e-6"),
      try PriceSample.entry(2, "openai", "m", above: 100, input: "2e-6"),
      try PriceSample.entry(3, "openai", "m", tier: "batch", input: "5e-7"),
      try PriceSample.entry(
        4, "openai", "m", tier: "priority", input: "9e-6", to: "2026-03-01T00:00:00Z"),
      try PriceSample.entry(5, "openai", "only-flex", tier: "flex", input: "1e-6"),
      try PriceSample.entry(6, "anthropic", "quick", input: "1e-6"),
      try PriceSample.entry(7, "anthropic", "quick", tier: "fast", input: "2e-6"),
      try PriceSample.entry(8, "anthropic", "quick", tier: "fast", above: 100, input: "3e-6"),
      try PriceSample.entry(9, "anthropic", "both", input: "1e-6"),
      try PriceSample.entry(10, "anthropic", "both", tier: "priority", input: "2e-6"),
      try PriceSample.entry(11, "anthropic", "both", tier: "fast", input: "3e-6"),
    ])
    #expect(try book.found("openai", "m", tier: "batch", input: 1000) == "3")
    #expect(try book.found("openai", "m", tier: "BATCH") == "3")
    #expect(try book.found("openai", "m", tier: "batches") == "3")
    #expect(try book.found("openai", "m", tier: "default") == "1")
    for (traffic, id) in [("ON_DEMAND", "1"), ("ON_DEMAND_PRIORITY", "4"), ("ON_DEMAND_FLEX", "1")]
    {
      #expect(try book.found("openai", "m", tier: traffic, at: "2026-02-01T00:00:00Z") == id)
    }
    #expect(try book.found("openai", "only-flex", tier: "ON_DEMAND_FLEX") == "5")
    #expect(try book.found("openai", "m", tier: "scale", input: 101) == "2")
    #expect(try book.found("openai", "m", tier: "") == "1")
    #expect(try book.found("openai", "m", tier: "priority") == "1")
    #expect(try book.found("openai", "m", tier: "fast", at: "2026-02-28T23:59:59Z") == "4")
    // Fast has its own price, else that of priority; which has none of fast.
    #expect(try book.found("anthropic", "quick", tier: "fast") == "7")
    #expect(try book.found("anthropic", "quick", tier: "FAST", input: 101) == "8")
    #expect(try book.found("anthropic", "quick", tier: "priority", input: 101) == "6")
    #expect(try book.found("anthropic", "both", tier: "fast") == "11")
    #expect(try book.found("anthropic", "both", tier: "priority") == "10")
    #expect(try book.found("openai", "only-flex") == "no_price_in_force")
    #expect(try book.found("openai", "only-flex", tier: "flex") == "5")
  }

  @Test func aThresholdIsExclusive() throws {
    let book = PriceSample.book([
      try PriceSample.entry(1, "openai", "m", input: "1e-6"),
      try PriceSample.entry(2, "openai", "m", above: 200_000, input: "2e-6"),
      try PriceSample.entry(3, "openai", "m", above: 128_000, input: "3e-6"),
      try PriceSample.entry(4, "openai", "high", above: 10, input: "3e-6"),
    ])
    for (tokens, id) in [
      (0, "1"), (1, "1"), (127_999, "1"), (128_000, "1"), (128_001, "3"), (200_000, "3"),
      (200_001, "2"), (Int64.max / 100, "2"),
    ] {
      #expect(try book.found("openai", "m", input: tokens) == id, "\(tokens)")
    }
    #expect(try book.found("openai", "high", input: 10) == "no_price_in_force")
  }

  @Test func aPriceIsInForceFromItsInstantToItsEnd() throws {
    let book = PriceSample.book([
      try PriceSample.entry(
        1, "openai", "m", input: "1e-6", from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z"),
      try PriceSample.entry(2, "openai", "m", input: "2e-6", from: "2026-02-01T00:00:00Z"),
    ])
    for (time, id) in [
      ("2025-12-31T23:59:59.999999Z", "no_price_in_force"), ("2026-01-01T00:00:00Z", "1"),
      ("2026-01-31T23:59:59.999999Z", "1"), ("2026-02-01T00:00:00Z", "2"),
      ("2099-01-01T00:00:00Z", "2"),
    ] {
      #expect(try book.found("openai", "m", at: time) == id, "\(time)")
    }
  }

  @Test func theResponseGoesBeforeTheRequest() throws {
    let book = PriceSample.book(
      [
        try PriceSample.entry(1, "openai", "gpt-4o", input: "1e-6"),
        try PriceSample.entry(2, "openai", "gpt-4o-2024-05-13", input: "1e-6"),
        try PriceSample.entry(3, "openai", "gpt-5", input: "1e-6"),
      ], [PriceAlias(pattern: "served-*", targetModel: "gpt-5")])
    #expect(try book.found("openai", "gpt-4o-2024-05-13", request: "gpt-4o") == "2")
    #expect(try book.found("openai", "gpt-4o-2024-08-06", request: "gpt-5") == "1")
    #expect(try book.found("openai", "gpt-4o-20240806") == "1")
    #expect(try book.found("openai", "gpt-4o@20240806") == "1")
    #expect(try book.found("openai", "gpt-4o-20241306") == "unknown_model")
    #expect(try book.found("openai", "gpt-4o-2024-02-30") == "unknown_model")
    #expect(try book.found("openai", "-2024-02-03") == "unknown_model")
    #expect(try book.found("openai", "served-x", request: "gpt-4o") == "3")
    #expect(try book.found("openai", nil, request: "gpt-4o") == "1")
    #expect(try book.found("openai", "", request: "gpt-4o") == "1")
  }

  @Test func aRegionGoesBeforeTheRest() throws {
    let book = PriceSample.book(
      [
        try PriceSample.entry(1, "bedrock", "nova", input: "1e-6"),
        try PriceSample.entry(2, "bedrock", "nova", region: "eu-west-2", input: "2e-6"),
        try PriceSample.entry(
          3, "bedrock", "nova", region: "eu-west-2", tier: "batch", input: "3e-6"),
        try PriceSample.entry(4, "bedrock", "nova", tier: "priority", input: "4e-6"),
        try PriceSample.entry(
          5, "bedrock", "nova", region: "eu-west-3", input: "5e-6", from: "2026-05-01T00:00:00Z"),
        try PriceSample.entry(6, "bedrock", "only-there", region: "eu-west-2", input: "6e-6"),
        try PriceSample.entry(7, "vertex_ai", "gemini", input: "7e-6"),
        try PriceSample.entry(8, "vertex_ai", "gemini", region: "*", input: "8e-6"),
        try PriceSample.entry(9, "vertex_ai", "gemini", region: "us-east5", input: "9e-6"),
      ],
      [
        PriceAlias(pattern: "n", targetModel: "nova"),
        PriceAlias(pattern: "v", targetProvider: "vertex_ai", targetModel: "gemini"),
      ])
    func found(_ model: String, _ region: String?, tier: String = "standard") throws -> String {
      try book.found("bedrock", model, region: region, tier: tier)
    }
    for region in [nil, "", "us-east-1", "*", "global"] {
      #expect(try found("nova", region) == "1", "\(region ?? "none")")
    }
    #expect(try found("nova", "eu-west-2") == "2")
    #expect(try found("nova", "EU-West-2") == "2")
    #expect(try found("nova-2026-01-01", "eu-west-2") == "2")
    #expect(try found("n", "eu-west-2") == "2")
    #expect(try found("nova", "eu-west-2", tier: "batch") == "3")
    // All prices of a call are those of its region.
    #expect(try found("nova", "eu-west-2", tier: "priority") == "2")
    #expect(try found("nova", "us-east-1", tier: "priority") == "4")
    #expect(try found("nova", "eu-west-3") == "5")
    #expect(
      try book.found("bedrock", "nova", region: "eu-west-3", at: "2026-04-01T00:00:00Z") == "1")
    #expect(try found("only-there", nil) == "unknown_model")
    #expect(try found("only-there", "eu-west-2") == "6")
    for (region, id) in [
      (nil, "7"), ("global", "7"), ("Global", "7"), ("us-east5", "9"), ("europe-west4", "8"),
    ] as [(String?, String)] {
      #expect(try book.found("vertex_ai", "gemini", region: region) == id)
      #expect(try book.found("bedrock", "v", region: region) == id)
    }
  }

  @Test func namesHaveForms() throws {
    let book = PriceSample.book([
      try PriceSample.entry(1, "azure", "gpt-4o", input: "1e-6"),
      try PriceSample.entry(2, "azure", "gpt-4o", region: "eu", input: "2e-6"),
      try PriceSample.entry(3, "azure", "Phi-4", input: "3e-6"),
      try PriceSample.entry(4, "azure", "one", input: "4e-6"),
      try PriceSample.entry(5, "azure", "ONE", input: "5e-6"),
    ])
    for (name, id) in [
      ("azure/gpt-4o", "1"), ("azure/gpt-4o-2024-11-20", "1"), ("azure.ai.openai/gpt-4o", "1"),
      ("eu/gpt-4o", "2"), ("azure/eu/gpt-4o", "2"), ("us/gpt-4o", "unknown_model"),
      ("openai/gpt-4o", "unknown_model"), ("GPT-4o", "1"), ("azure/GPT-4O", "1"), ("phi-4", "3"),
      ("one", "4"), ("ONE", "5"), ("One", "unknown_model"), ("azure/", "unknown_model"),
      ("eu/azure/gpt-4o", "unknown_model"), ("/", "unknown_model"), ("eu/one", "unknown_model"),
    ] {
      #expect(try book.found("azure", name) == id, "\(name)")
    }
    #expect(try book.found("azure", "azure/gpt-4o", region: "eu") == "2")
  }

  @Test func theMoreSpecificNameCounts() throws {
    let names = [
      "anthropic.claude-sonnet-4-6", "us.anthropic.claude-sonnet-4-6", "gpt-4o",
      "gpt-4o-2024-05-13", "gpt-4o-mini", "gpt-5", "gpt-5-2026-01-01",
    ]
    let book = PriceSample.book(
      try names.enumerated().map { index, name in
        try PriceSample.entry(Int64(index + 1), "openai", name, input: "1e-6")
      }, [PriceAlias(pattern: "house-*", targetModel: "gpt-5")])
    func found(_ request: String, _ response: String) throws -> Int? {
      Int(try book.found("openai", response, request: request))
    }
    #expect(try found("us.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6") == 2)
    #expect(try found("anthropic.claude-sonnet-4-6", "us.anthropic.claude-sonnet-4-6") == 2)
    #expect(try found("us.anthropic.claude-sonnet-4-6", "claude-sonnet-4-6-20260301") == 2)
    #expect(try found("us.anthropic.claude-sonnet-4-6", "claude-sonnet-4-6") == 2)
    // Where only the less specific one has a price it counts.
    #expect(try found("eu.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6") == 1)
    #expect(try found("gpt-4o-2024-05-13", "gpt-4o") == 4)
    #expect(try found("gpt-4o", "gpt-4o-2024-05-13") == 4)
    // The provider's own name, or a path, in front of it is no more than the day that was served.
    #expect(try found("openai/gpt-4o", "gpt-4o-2024-05-13") == 4)
    #expect(try found("openai/gpt-4o", "gpt-4o-2024-08-06") == 3)
    #expect(try found("openai/gpt-4o-2024-05-13", "gpt-4o") == 4)
    #expect(try found("gateway/gpt-4o", "gpt-4o-2024-05-13") == 4)
    #expect(
      try found("us.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6-20260301") == 2)
    // Another model was served.
    #expect(try found("gpt-4o-mini", "gpt-4o") == 3)
    #expect(try found("gpt-4o-2024-05-13", "gpt-5-2026-01-01") == 7)
    #expect(try found("gpt-5-2026-01-01", "gpt-5-2026-02-02") == 6)
    #expect(try found("house-router", "gpt-4o") == 3)
    #expect(try found("house-router", "gpt-9") == 6)
  }

  /// The request says the region, the response the day: both are priced apart.
  @Test func thePrefixOfTheRequestAndTheDayOfTheResponseCount() throws {
    let (model, dated) = ("gpt-4o", "gpt-4o-2024-05-13")
    let book = PriceSample.book([
      try PriceSample.entry(1, "azure", model, input: "1e-6"),
      try PriceSample.entry(2, "azure", dated, input: "2e-6"),
      try PriceSample.entry(3, "azure", model, region: "eu", input: "3e-6"),
      try PriceSample.entry(4, "azure", dated, region: "eu", input: "4e-6"),
      try PriceSample.entry(5, "azure", model, region: "us", input: "5e-6"),
      try PriceSample.entry(6, "bedrock", "us.anthropic.x", input: "6e-6"),
      try PriceSample.entry(7, "bedrock", "us.anthropic.x-20250929", input: "7e-6"),
      try PriceSample.entry(8, "bedrock", "anthropic.x-20250929", input: "8e-6"),
    ])
    for (request, id) in [
      (model, "2"), ("azure/gpt-4o", "2"), ("azure_openai/gpt-4o", "2"), ("eu/gpt-4o", "4"),
      ("azure/eu/gpt-4o", "4"), ("us/gpt-4o", "5"), ("apac/gpt-4o", "2"),
    ] {
      #expect(try book.found("azure", dated, request: request) == id, "\(request)")
    }
    #expect(try book.found("azure", dated, request: "azure/gpt-4o", region: "eu") == "4")
    #expect(
      try book.found("bedrock", "anthropic.x-20250929", request: "us.anthropic.x") == "7")
    #expect(
      try book.found("bedrock", "anthropic.x-20260101", request: "us.anthropic.x") == "6")
    // Longer than what the stack takes.
    let long = String(repeating: "x", count: 3000) + "/gpt-4o"
    #expect(try book.found("azure", dated, request: long) == "2")
  }

  @Test func aFineTunedModelHasNoBasePrice() throws {
    let names = ["gpt-4o-mini", "ft:gpt-4o-mini-2024-07-18", "davinci"]
    let book = PriceSample.book(
      try names.enumerated().map { index, name in
        try PriceSample.entry(Int64(index + 1), "openai", name, input: "1e-6")
      })
    func found(_ request: String, _ response: String?) throws -> String {
      try book.found("openai", response, request: request)
    }
    let tuned = "ft:gpt-4o-mini-2024-07-18:my-org::AbC123"
    #expect(try found("gpt-4o-mini", tuned) == "2")
    #expect(try found(tuned, tuned) == "2")
    #expect(try found(tuned, nil) == "2")
    #expect(try found(tuned, "gpt-4o-mini-2024-07-18") == "2")
    #expect(try found("gpt-4o-mini", "ft:gpt-4o-mini-2024-07-18") == "2")
    // Behind a provider too.
    #expect(try found("openai/\(tuned)", "gpt-4o-mini-2024-07-18") == "2")
    #expect(try found("openai/\(tuned)", nil) == "2")
    #expect(try found("gpt-4o-mini", "openai/\(tuned)") == "2")
    for unpriced in [
      "ft:gpt-4o-mini-2025-01-01:my-org::x", "ft:gpt-4o-mini", "davinci:ft-org-2023",
      "openai/ft:gpt-4o-mini-2025-01-01:my-org::x", "gateway/\(tuned)",
      "gpt-4o-mini-2024-07-18.ft-0e20a1", "openai/gpt-4o-mini-2024-07-18.ft-0e20a1",
    ] {
      #expect(try found("gpt-4o-mini", unpriced) == "unknown_model", "\(unpriced)")
      #expect(try found(unpriced, "gpt-4o-mini") == "unknown_model", "\(unpriced)")
      #expect(try found(unpriced, nil) == "unknown_model", "\(unpriced)")
    }
  }

  /// As its base, it has its prices of a region; an alias prices what no list has.
  @Test func aFineTunedModelHasARegionAndAliases() throws {
    let tuned = "ft:gpt-4o-mini-2024-07-18"
    let book = PriceSample.book(
      [
        try PriceSample.entry(1, "azure", "gpt-4o-mini", input: "1e-6"),
        try PriceSample.entry(2, "azure", tuned, region: "eu", input: "2e-6"),
        try PriceSample.entry(3, "azure", tuned, input: "3e-6"),
      ], [PriceAlias(pattern: "gpt-4o-mini-*.ft-*", targetModel: tuned)])
    for (name, id) in [
      ("eu/\(tuned):my-org::x", "2"), ("azure/eu/\(tuned):my-org::x", "2"),
      ("azure/\(tuned):my-org::x", "3"), ("gpt-4o-mini-2024-07-18.ft-0e20a1", "3"),
      ("azure/gpt-4o-mini-2024-07-18.ft-0e20a1", "3"), ("azure/gpt-4o-mini.ft", "1"),
    ] {
      #expect(try book.found("azure", name, request: "gpt-4o-mini") == id, "\(name)")
    }
  }

  /// The database compares names by their bytes, and so do records.
  @Test func namesAreEqualWhenTheirBytesAre() throws {
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    let book = PriceSample.book([
      try PriceSample.entry(1, "openai", composed, input: "1e-6"),
      try PriceSample.entry(2, "openai", decomposed, input: "1e-6"),
      try PriceSample.entry(3, composed, "m", input: "1e-6"),
      try PriceSample.entry(4, decomposed, "m", input: "1e-6"),
      try PriceSample.entry(5, "openai", composed, tier: decomposed, input: "1e-6"),
    ])
    #expect(try book.found("openai", composed) == "1")
    #expect(try book.found("openai", decomposed) == "2")
    #expect(try book.found(composed, "m") == "3")
    #expect(try book.found(decomposed, "m") == "4")
    #expect(try book.found("openai", composed, tier: composed) == "1")
    #expect(try book.found("openai", composed, tier: decomposed) == "5")
    #expect(Set(book.entries.map(\.key)).count == 5)
    #expect(Set(book.entries.map(\.key.priceModel)).count == 4)
    #expect(book.entries[1].key < book.entries[0].key)
    #expect(!(book.entries[0].key < book.entries[1].key))
  }

  @Test func tokensWithoutARateHaveNoPrice() throws {
    var entry = try PriceSample.entry(1, "openai", "m", input: "1e-6")
    entry.rates.input = nil
    let book = PriceSample.book([entry])
    #expect(try book.found("openai", "m", input: 1) == "no_rate")
    #expect(try book.found("openai", "m", input: 0) == "1")
  }
}
