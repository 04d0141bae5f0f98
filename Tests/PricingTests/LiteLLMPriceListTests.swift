// SPDX-License-Identifier: Apache-2.0
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
    // What they do not say is no cheaper for being cached; the output is half.
    #expect(own.first == "batch 0 0.4 1 - - - -")
    let half = try Self.rows(
      "\(Self.base), \"cache_read_input_token_cost\": 0.1, \"output_cost_per_token_batches\": 1.5")
    #expect(half.first == "batch 0 0.5 1.5 0.05 - - -")
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
       "free": {"litellm_provider": "p", "input_cost_per_token": 0, "output_cost_per_token": 0.0},
       "text": {"litellm_provider": "p", "input_cost_per_token": "3e-7"}}
      """)
    #expect(list.problems.map(\.key).sorted() == ["control\u{7}", "fine", "negative", "prose"])
    #expect(list.withoutTokenPrice == 1)
    #expect(list.pricedOtherwise == ["image"])
    #expect(list.prices.map(\.key.model) == ["free", "text"])
    #expect(list.prices.map { $0.rates.input?.description } == ["0", "0.0000003"])
  }

  @Test func aModelThatIsThereTwiceIsNamed() throws {
    let list = try Self.list(
      """
      {"gemini-3": {"litellm_provider": "vertex_ai-language-models", "input_cost_per_token": 1},
       "vertex_ai/gemini-3": {"litellm_provider": "vertex_ai", "input_cost_per_token": 2},
       "bedrock_mantle/nova": {"litellm_provider": "bedrock_mantle", "input_cost_per_token": 1},
       "nova": {"litellm_provider": "bedrock_converse", "input_cost_per_token": 2},
       "same": {"litellm_provider": "openai", "input_cost_per_token": 2},
       "openai/same": {"litellm_provider": "openai", "input_cost_per_token": 2.0}}
      """)
    #expect(list.conflicts.map(\.droppedKey) == ["bedrock_mantle/nova", "gemini-3"])
    #expect(list.prices.allSatisfy { $0.rates.input?.description == "2" })
    #expect(list.modelCount == 3)
  }
}
