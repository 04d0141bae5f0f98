// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing
import Testing

struct LiteLLMPriceListTests {
  /// `tier min input output cache_read cache_creation 1h reasoning` of each row, `-` for none.
  private static func rows(_ fields: String, provider: String = "openai") throws -> [String] {
    try list("{\"m\": {\"litellm_provider\": \"\(provider)\", \(fields)}}").prices.map { price in
      let rates = price.rates
      let shown = [
        rates.input, rates.output, rates.cacheReadInput, rates.cacheCreationInput,
        rates.cacheCreation1hInput, rates.reasoningOutput,
      ].map { $0?.description ?? "-" }
      return "\(price.key.serviceTier) \(price.key.minInputTokens) "
        + shown.joined(separator: " ")
    }
  }

  private static func list(_ text: String) throws -> LiteLLMPriceList {
    try Array(text.utf8).withUnsafeBytes { try LiteLLMPriceList($0) }
  }

  private static let base = "\"input_cost_per_token\": 1, \"output_cost_per_token\": 2"

  @Test func aThresholdKeepsWhatItDoesNotSay() throws {
    let rows = try Self.rows(
      """
      \(Self.base), "cache_read_input_token_cost": 0.1, "output_cost_per_reasoning_token": 3,
      "input_cost_per_token_above_200k_tokens": 4,
      "cache_creation_input_token_cost": 5, "cache_creation_input_token_cost_above_1hr": 6,
      "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 7
      """)
    #expect(
      rows == ["standard 0 1 2 0.1 5 6 3", "standard 200000 4 2 0.1 5 7 3"])
  }

  @Test func aTierFallsBackRateByRate() throws {
    let rows = try Self.rows(
      """
      \(Self.base), "cache_read_input_token_cost": 0.1, "output_cost_per_reasoning_token": 3,
      "input_cost_per_token_flex": 0.5, "output_cost_per_token_priority": 9,
      "input_cost_per_token_above_1k_tokens": 4
      """)
    #expect(
      rows == [
        "flex 0 0.5 2 0.1 - - 3", "flex 1000 4 2 0.1 - - 3",
        // An output price of the tier counts for its reasoning too.
        "priority 0 1 9 0.1 - - -", "priority 1000 4 9 0.1 - - -",
        "standard 0 1 2 0.1 - - 3", "standard 1000 4 2 0.1 - - 3",
      ])
  }

  @Test func batchesHaveTheirOwnRules() throws {
    let own = try Self.rows(
      "\(Self.base), \"cache_read_input_token_cost\": 0.1, \"input_cost_per_token_batches\": 0.4")
    // What they do not say is scaled as the input is; the output is half.
    #expect(own.first == "batch 0 0.4 1 0.04 - - -")
    let half = try Self.rows(
      "\(Self.base), \"cache_read_input_token_cost\": 0.1, \"output_cost_per_token_batches\": 1.5")
    #expect(half.first == "batch 0 0.5 1.5 0.05 - - -")
    #expect(try Self.rows(Self.base).map { $0.prefix(8) } == ["standard"])
  }

  /// Input, output, cache read and one-hour write of entries of the real list, and what is derived.
  @Test(
    arguments: [
      (
        // openai/gpt-4.1-nano
        """
        "input_cost_per_token": 1e-07, "input_cost_per_token_batches": 5e-08,
        "output_cost_per_token": 4e-07, "output_cost_per_token_batches": 2e-07,
        "cache_read_input_token_cost": 2.5e-08
        """, TokenUsage(inputTokens: 1_000_000, cacheReadInputTokens: 900_000), "0.01625",
        RateSet.cacheReadInput
      ),
      (
        // anthropic.claude-sonnet-4-5-20250929-v1:0
        """
        "cache_creation_input_token_cost": 3.75e-06, "cache_creation_input_token_cost_above_1hr": 6e-06,
        "cache_read_input_token_cost": 3e-07, "cache_read_input_token_cost_above_200k_tokens": 6e-07,
        "input_cost_per_token": 3e-06, "input_cost_per_token_above_200k_tokens": 6e-06,
        "output_cost_per_token": 1.5e-05, "input_cost_per_token_batches": 1.5e-06,
        "output_cost_per_token_batches": 7.5e-06
        """, TokenUsage(inputTokens: 100_000, cacheReadInputTokens: 90_000), "0.0285",
        [.cacheReadInput, .cacheCreationInput, .cacheCreation1hInput]
      ),
      (
        // gemini-flash-latest
        """
        "cache_read_input_token_cost": 7.5e-08, "input_cost_per_token": 7.5e-07,
        "input_cost_per_token_batches": 3.75e-07, "output_cost_per_token": 3.75e-06,
        "output_cost_per_token_batches": 1.875e-06, "output_cost_per_reasoning_token": 3.75e-06
        """, TokenUsage(inputTokens: 1_000_000, cacheReadInputTokens: 900_000), "0.07125",
        RateSet.cacheReadInput
      ),
      (
        // claude-opus-4-5
        """
        "cache_creation_input_token_cost": 6.25e-06, "cache_creation_input_token_cost_above_1hr": 1e-05,
        "cache_creation_input_token_cost_batches": 3.125e-06, "cache_read_input_token_cost": 5e-07,
        "cache_read_input_token_cost_batches": 2.5e-07, "input_cost_per_token": 5e-06,
        "input_cost_per_token_batches": 2.5e-06, "output_cost_per_token": 2.5e-05,
        "output_cost_per_token_batches": 1.25e-05
        """,
        TokenUsage(
          inputTokens: 1_000_000, cacheCreationInputTokens: 1_000_000,
          cacheCreation1hInputTokens: 1_000_000), "5", RateSet.cacheCreation1hInput
      ),
    ] as [(String, TokenUsage, String, RateSet)])
  func batchRatesThatTheListLeavesOutAreDerived(
    fields: String, usage: TokenUsage, cost: String, derived: RateSet
  ) throws {
    let list = try Self.list("{\"m\": {\"litellm_provider\": \"openai\", \(fields)}}")
    let batch = try #require(list.prices.first { $0.key.serviceTier == "batch" })
    #expect(batch.rates.cost(of: usage)?.description == cost)
    #expect(batch.rates.derived == derived)
    #expect(list.prices.allSatisfy { $0.key.serviceTier == "batch" || $0.rates.derived.isEmpty })
  }

  /// As in anthropic.claude-sonnet-4-5-20250929-v1:0, and as LiteLLM takes it.
  @Test func aBatchAboveAThresholdWithoutBatchRatesHasThoseBelowIt() throws {
    let list = try Self.list(
      """
      {"m": {"litellm_provider": "bedrock", "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05,
        "input_cost_per_token_above_200k_tokens": 6e-06, "output_cost_per_token_above_200k_tokens": 2.25e-05,
        "input_cost_per_token_batches": 1.5e-06, "output_cost_per_token_batches": 7.5e-06}}
      """)
    let batch = list.prices.filter { $0.key.serviceTier == "batch" }
    #expect(batch.map(\.key.minInputTokens) == [0])
    let usage = TokenUsage(inputTokens: 300_000, outputTokens: 1_000)
    #expect(batch.first?.rates.cost(of: usage)?.description == "0.4575")
  }

  @Test func everyBatchRateThatIsLeftOutIsScaled() throws {
    let list = try Self.list(
      """
      {"m": {"litellm_provider": "openai", \(Self.base), "input_cost_per_token_batches": 0.3,
        "input_cost_per_token_above_1k_tokens": 4, "input_cost_per_token_above_1k_tokens_batches": 1,
        "cache_read_input_token_cost": 0.1, "cache_read_input_token_cost_above_1k_tokens": 0.8,
        "cache_creation_input_token_cost": 2, "cache_creation_input_token_cost_above_1hr": 3,
        "output_cost_per_token_batches": 1.5, "output_cost_per_reasoning_token": 3,
        "input_cost_per_audio_token": 5, "output_cost_per_audio_token": 6,
        "cache_read_input_audio_token_cost": 7, "cache_creation_input_audio_token_cost": 8}}
      """)
    let batch = list.prices.filter { $0.key.serviceTier == "batch" }.map(\.rates)
    try #require(batch.count == 2)
    let rates: [KeyPath<PriceRates, UnitPrice?>] = [
      \.cacheReadInput, \.cacheCreationInput, \.cacheCreation1hInput, \.audioInput,
      \.cacheReadAudioInput, \.cacheCreationAudioInput, \.reasoningOutput, \.audioOutput,
    ]
    #expect(
      rates.map { batch[0][keyPath: $0]?.description }
        == ["0.03", "0.6", "0.9", "1.5", "2.1", "2.4", "2.25", "4.5"])
    // Of the rates above the threshold as much as the list takes off the input above it.
    #expect(
      rates.map { batch[1][keyPath: $0]?.description }
        == ["0.2", "0.5", "0.75", "1.25", "1.75", "2", "2.25", "4.5"])
  }

  @Test func aLadderIsAllOrNothing() throws {
    let rows = try Self.rows(
      """
      "output_cost_per_token": 2, "tiered_pricing": [
        {"range": [32000, 128000.0], "input_cost_per_token": 3, "output_cost_per_token": 4,
         "output_cost_per_reasoning_token": 5},
        {"range": [0, 32e3], "input_cost_per_token": 1}]
      """)
    #expect(rows == ["standard 0 1 2 - - - -", "standard 32000 3 4 - - - 5"])
  }

  @Test func providersHaveTheirOwnWays() throws {
    let thresholds = "\(Self.base), \"input_cost_per_token_above_200k_tokens\": 4"
    // xAI: at least 200,000.
    #expect(
      try Self.rows(thresholds, provider: "xai")
        == ["standard 0 1 2 - - - -", "standard 199999 4 2 - - - -"])
    #expect(
      try Self.rows(Self.base, provider: "fireworks_ai") == ["standard 0 1 2 0.5 - - -"])
  }

  @Test func whatCannotBeTakenIsCounted() throws {
    let list = try Self.list(
      """
      {"fine": {"litellm_provider": "p", "input_cost_per_token": 1e-25},
       "negative": {"litellm_provider": "p", "input_cost_per_token": -1},
       "prose": {"litellm_provider": "p", "input_cost_per_token": true},
       "control\\u0007": {"litellm_provider": "p", "input_cost_per_token": 1},
       "none": {"litellm_provider": "p", "input_cost_per_token": null, "mode": "chat"},
       "image": {"litellm_provider": "p", "input_cost_per_token": 0, "input_cost_per_image": 0.1},
       "image text": {"litellm_provider": "p", "input_cost_per_token": 0,
         "output_cost_per_image": "0.04"},
       "image sizes": {"litellm_provider": "p", "input_cost_per_token": 0,
         "output_cost_per_image": {"small": 0, "large": [0.02]}},
       "ladder": {"litellm_provider": "p", "input_cost_per_token": 0,
         "tiered_pricing": [{"input_cost_per_query": 0.005, "max_results_range": [0, 25]}]},
       "tokens in a ladder": {"litellm_provider": "p", "input_cost_per_token": 0,
         "tiered_pricing": [{"input_cost_per_token": 1e-6}]},
       "ladder of images": {"litellm_provider": "p", "tiered_pricing": [
         {"range": [0, 9], "input_cost_per_token": 0, "output_cost_per_image": 0.1}]},
       "free": {"litellm_provider": "p", "input_cost_per_token": 0, "output_cost_per_token": 0.0},
       "free too": {"litellm_provider": "p", "input_cost_per_token": 0, "input_cost_per_image": "0",
         "output_cost_per_image": "none", "input_cost_per_search": 0.01,
         "tiered_pricing": [{"input_cost_per_query": 0, "max_results_range": [0, 25]}]},
       "text": {"litellm_provider": "p", "input_cost_per_token": "3e-7"}}
      """)
    #expect(list.problems.map(\.key).sorted() == ["control\u{7}", "fine", "negative", "prose"])
    #expect(list.withoutTokenPrice == 1)
    #expect(
      list.pricedOtherwise == [
        "image", "image sizes", "image text", "ladder", "ladder of images", "tokens in a ladder",
      ])
    #expect(list.prices.map(\.key.model) == ["free", "free too", "text"])
    #expect(list.prices.map { $0.rates.input?.description } == ["0", "0", "0.0000003"])
  }

  /// `provider model region input` of each row of the standard tier.
  private static func inputs(_ list: LiteLLMPriceList) -> [String] {
    list.prices.filter { $0.key.serviceTier == "standard" }.map { price in
      [
        price.key.provider, price.key.model, price.key.region.isEmpty ? "-" : price.key.region,
        price.rates.input?.description ?? "-",
      ].joined(separator: " ")
    }
  }

  @Test func whatContradictsItselfIsNotTaken() throws {
    let list = try Self.list(
      """
      {"gemini-3": {"litellm_provider": "vertex_ai-language-models", "input_cost_per_token": 1},
       "vertex_ai/gemini-3": {"litellm_provider": "vertex_ai", "input_cost_per_token": 2},
       "gemini-4": {"litellm_provider": "gemini", "input_cost_per_token": 1},
       "gemini/gemini-4": {"litellm_provider": "gemini", "input_cost_per_token": 0},
       "more": {"litellm_provider": "openai", "input_cost_per_token": 2},
       "openai/more": {"litellm_provider": "openai", "input_cost_per_token": 2.0,
         "output_cost_per_token": 3, "input_cost_per_token_batches": 1}}
      """)
    #expect(
      list.conflicts.map(\.entries)
        == [["gemini-4", "gemini/gemini-4"], ["gemini-3", "vertex_ai/gemini-3"]])
    #expect(list.unreadModels.map(\.model).sorted() == ["gemini-3", "gemini-4"])
    #expect(Self.inputs(list) == ["openai more - 2"])
    #expect(list.prices.map(\.key.serviceTier) == ["batch", "standard"])
    #expect(list.prices.last?.rates.output?.description == "3")
  }

  /// A call of that region would have the price of the others, which no entry says of it.
  @Test(arguments: 0..<8)
  func aModelThatOneRegionContradictsIsNotTaken(run: Int) throws {
    // The order in which they are looked at is another one in each dictionary.
    let others = (0..<run).map {
      "\"azure/m\($0)\": {\"litellm_provider\": \"azure\", \"input_cost_per_token\": 1}, "
    }
    let list = try Self.list(
      """
      {\(others.joined())
       "azure/m": {"litellm_provider": "azure", "input_cost_per_token": 5,
         "regional_processing_uplift_multiplier_us": 1.1, "output_cost_per_image_token": 7,
         "output_cost_per_token": 6},
       "azure/eu/m": {"litellm_provider": "azure", "input_cost_per_token": 6},
       "eu/m": {"litellm_provider": "azure", "input_cost_per_token": 7},
       "azure/apac/m": {"litellm_provider": "azure", "input_cost_per_token": 8}}
      """)
    #expect(list.conflicts.map(\.entries) == [["azure/eu/m", "eu/m"]])
    #expect(list.conflicts.map(\.key.region) == ["eu"])
    #expect(list.prices.map(\.key.model) == (0..<run).map { "m\($0)" })
    #expect(list.isUnread(PriceModel(provider: "azure.ai.openai", model: "m")))
    #expect(list.untoldOutput == [] && list.unsupported == [:])
  }

  @Test func endpointsAndRegionsArePricedApart() throws {
    let list = try Self.list(
      """
      {"bedrock_mantle/gpt-6": {"litellm_provider": "bedrock_mantle", "input_cost_per_token": 1},
       "gpt-6": {"litellm_provider": "bedrock_converse", "input_cost_per_token": 2},
       "bedrock/eu-west-2/gpt-6": {"litellm_provider": "bedrock", "input_cost_per_token": 3},
       "bedrock/us-gov-west-1/gpt-6": {"litellm_provider": "bedrock", "input_cost_per_token": 4},
       "bedrock/claude_platform/x": {"litellm_provider": "bedrock", "input_cost_per_token": 5},
       "codestral/codestral-latest": {"litellm_provider": "codestral", "input_cost_per_token": 0},
       "mistral/codestral-latest": {"litellm_provider": "mistral", "input_cost_per_token": 6},
       "azure/eu/gpt-4o": {"litellm_provider": "azure", "input_cost_per_token": 7},
       "azure/gpt-4o": {"litellm_provider": "azure", "input_cost_per_token": 8},
       "openrouter/eu/gpt-4o": {"litellm_provider": "openrouter", "input_cost_per_token": 9}}
      """)
    #expect(list.conflicts.isEmpty)
    #expect(
      Self.inputs(list) == [
        "aws.bedrock claude_platform/x - 5", "aws.bedrock gpt-6 - 2",
        "aws.bedrock gpt-6 eu-west-2 3", "aws.bedrock gpt-6 us-gov-west-1 4",
        "azure.ai.openai gpt-4o - 8", "azure.ai.openai gpt-4o eu 7", "bedrock_mantle gpt-6 - 1",
        "codestral codestral-latest - 0", "mistral_ai codestral-latest - 6",
        "openrouter eu/gpt-4o - 9",
      ])
    #expect(list.modelCount == 7)
  }

  @Test func regionsThatCostMoreHaveRows() throws {
    let list = try Self.list(
      """
      {"a": {"litellm_provider": "openai", "input_cost_per_token": 1, "output_cost_per_token": 2,
         "input_cost_per_token_flex": 0.5, "regional_processing_uplift_multiplier_eu": 1.1},
       "vertex_ai/b": {"litellm_provider": "vertex_ai", "input_cost_per_token": 3,
         "cache_read_input_token_cost": 1e-8, "regional_endpoint_uplift_multiplier": 1.1},
       "c": {"litellm_provider": "anthropic", "input_cost_per_token": 5,
         "cache_creation_input_token_cost_above_1hr": 10, "output_cost_per_token": 25,
         "input_cost_per_token_above_200k_tokens": 7, "input_cost_per_token_priority": 6,
         "provider_specific_entry": {"us": 1.1, "fast": 2, "other": 3}},
       "d": {"litellm_provider": "anthropic", "input_cost_per_token": 5,
         "provider_specific_entry": {"fast": 2.0}},
       "anthropic/d": {"litellm_provider": "anthropic", "input_cost_per_token": 5,
         "provider_specific_entry": {"fast": 3}}}
      """)
    #expect(
      Self.inputs(list) == [
        "anthropic c - 5", "anthropic c - 7", "anthropic c us 5.5", "anthropic c us 7.7",
        "gcp.vertex_ai b - 3", "gcp.vertex_ai b * 3.3", "openai a - 1", "openai a eu 1.1",
      ])
    let flex = list.prices.first { $0.key.region == "eu" && $0.key.serviceTier == "flex" }
    #expect(flex?.rates.input?.description == "0.55")
    #expect(flex?.rates.output?.description == "2.2")
    let named = list.prices.first { $0.key.region == "*" }
    #expect(named?.rates.cacheReadInput?.description == "0.000000011")
    // Fast mode costs twice as much of everything, in the region too; priority is another tier.
    let fast = list.prices.filter { $0.key.serviceTier == "fast" }.map { price in
      let rates = [price.rates.input, price.rates.cacheCreation1hInput, price.rates.output]
      return "\(price.key.region) \(price.key.minInputTokens) "
        + rates.map { $0?.description ?? "-" }.joined(separator: " ")
    }
    #expect(fast == [" 0 10 20 50", " 200000 14 20 50", "us 0 11 22 55", "us 200000 15.4 22 55"])
    let priority = list.prices.filter { $0.key.serviceTier == "priority" }
    #expect(priority.map { $0.rates.input?.description } == ["6", "7", "6.6", "7.7"])
    #expect(list.unsupported == ["provider_specific_entry.other": 1])
    #expect(list.conflicts.map(\.entries) == [["anthropic/d", "d"]])
  }
}
