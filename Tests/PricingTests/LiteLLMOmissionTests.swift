// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing
import Testing

/// What of a price list is not taken, and that it is named.
struct LiteLLMOmissionTests {
  private static let base = "\"input_cost_per_token\": 1, \"output_cost_per_token\": 2"

  private static func list(_ text: String) throws -> LiteLLMPriceList {
    try Array(text.utf8).withUnsafeBytes { try LiteLLMPriceList($0) }
  }

  /// A picture has some thousand tokens, at ten times the price of text: better no cost than that.
  @Test func outputThatMayBeAnImageAtAnotherPriceHasNone() throws {
    let list = try Self.list(
      """
      {"batches": {"litellm_provider": "p", \(Self.base), "input_cost_per_token_batches": 0.5,
         "output_cost_per_token_batches": 1, "output_cost_per_image_token": 2,
         "output_cost_per_image_token_batches": 10},
       "image": {"litellm_provider": "p", \(Self.base), "output_cost_per_image_token": "20",
         "output_cost_per_reasoning_token": 3, "input_cost_per_token_batches": 0.5,
         "output_cost_per_token_above_1k_tokens": 4},
       "ladder": {"litellm_provider": "p", "output_cost_per_image_token": 20, "tiered_pricing": [
         {"range": [0, 9], "input_cost_per_token": 1, "output_cost_per_token": 2}]},
       "same": {"litellm_provider": "p", \(Self.base), "output_cost_per_image_token": 2.0,
         "input_cost_per_token_batches": 0.5},
       "none": {"litellm_provider": "p", "input_cost_per_token": 1, "output_cost_per_image_token": 20},
       "twice": {"litellm_provider": "openai", \(Self.base)},
       "openai/twice": {"litellm_provider": "openai", "output_cost_per_image_token": 20,
         "input_cost_per_token": 1}}
      """)
    #expect(list.problems == [] && list.conflicts == [])
    #expect(list.untoldOutput == ["batches", "image", "ladder", "openai/twice", "twice"])
    let outputs = list.prices.map {
      "\($0.key.model) \($0.key.serviceTier) \($0.rates.output?.description ?? "-")"
    }
    #expect(
      outputs == [
        "twice standard -", "batches batch -", "batches standard -", "image batch -",
        "image standard -", "ladder standard -", "none standard -", "same batch 1",
        "same standard 2",
      ])
    let image = try #require(
      list.prices.first { $0.key.model == "image" && $0.rates.derived == [] })
    #expect(
      image.rates.charge(for: TokenUsage(inputTokens: 5))
        == .success(Amount(units: 5_000_000_000_000)))
    #expect(
      image.rates.charge(for: TokenUsage(inputTokens: 5, outputTokens: 1)) == .failure(.noRate))
  }

  /// As of gemini-live-2.5-flash-native-audio, cohere/embed-v4.0 and gpt-realtime: most of their
  /// input is text or audio, so they are priced, and named.
  @Test func inputThatMayBeAnImageAtAnotherPriceIsNamed() throws {
    let list = try Self.list(
      """
      {"batches": {"litellm_provider": "p", \(Self.base), "input_cost_per_token_batches": 0.5,
         "input_cost_per_image_token": 1, "input_cost_per_image_token_batches": 2},
       "image": {"litellm_provider": "p", \(Self.base), "input_cost_per_image_token": "6"},
       "video": {"litellm_provider": "p", \(Self.base), "input_cost_per_image_token": 1,
         "input_cost_per_video_token": 6},
       "ladder": {"litellm_provider": "p", "input_cost_per_image_token": 6, "tiered_pricing": [
         {"range": [0, 9], "input_cost_per_token": 1, "output_cost_per_token": 2}]},
       "same": {"litellm_provider": "p", \(Self.base), "input_cost_per_image_token": 1.0,
         "input_cost_per_video_token": 1},
       "none": {"litellm_provider": "p", "output_cost_per_token": 1, "input_cost_per_image_token": 6},
       "twice": {"litellm_provider": "openai", \(Self.base)},
       "openai/twice": {"litellm_provider": "openai", "input_cost_per_token": 1,
         "input_cost_per_video_token": 6}}
      """)
    #expect(list.problems == [] && list.conflicts == [])
    #expect(
      list.untoldInput == ["batches", "image", "ladder", "openai/twice", "twice", "video"])
    #expect(list.untoldOutput == [])
    let inputs = list.prices.filter { $0.key.serviceTier == "standard" }.map {
      "\($0.key.model) \($0.rates.input?.description ?? "-")"
    }
    #expect(
      inputs == [
        "twice 1", "batches 1", "image 1", "ladder 1", "none -", "same 1", "video 1",
      ])
    #expect(list.unsupported["input_cost_per_image_token"] == 6)
  }

  /// As of gemini/gemini-2.5-pro, azure/gpt-5.5, gemini-2.5-flash and azure/us/gpt-5.4: such rows
  /// mix the prices of two tiers, as LiteLLM does.
  @Test func tiersThatLeaveAPriceToTheStandardTierAreNamed() throws {
    let list = try Self.list(
      """
      {"above": {"litellm_provider": "p", \(Self.base), "input_cost_per_token_above_1k_tokens": 2,
         "output_cost_per_token_above_1k_tokens": 3, "input_cost_per_token_flex": 0.5,
         "output_cost_per_token_flex": 1, "input_cost_per_token_priority": 2,
         "output_cost_per_token_priority": 4, "input_cost_per_token_above_1k_tokens_priority": 4,
         "output_cost_per_token_above_1k_tokens_priority": 6},
       "output": {"litellm_provider": "p", \(Self.base), "input_cost_per_token_flex": 0.5},
       "audio": {"litellm_provider": "p", \(Self.base), "input_cost_per_audio_token": 3,
         "input_cost_per_token_flex": 0.5, "output_cost_per_token_flex": 1,
         "input_cost_per_token_priority": 2, "output_cost_per_token_priority": 4},
       "batches": {"litellm_provider": "p", \(Self.base), "input_cost_per_token_batches": 0.5,
         "input_cost_per_token_above_1k_tokens": 2},
       "reasoning": {"litellm_provider": "p", \(Self.base), "output_cost_per_reasoning_token": 2,
         "input_cost_per_token_flex": 0.5, "output_cost_per_token_flex": 1},
       "free": {"litellm_provider": "p", \(Self.base), "cache_read_input_token_cost": 0,
         "input_cost_per_token_flex": 0.5, "output_cost_per_token_flex": 1},
       "twice": {"litellm_provider": "openai", \(Self.base)},
       "openai/twice": {"litellm_provider": "openai", "input_cost_per_token": 1,
         "input_cost_per_token_ultrafast": 9}}
      """)
    #expect(list.problems == [] && list.conflicts == [])
    #expect(
      list.untoldTiers.map { "\($0.key): \($0.tiers.joined(separator: ", "))" } == [
        "above: flex", "audio: flex, priority", "openai/twice: ultrafast", "output: flex",
        "twice: ultrafast",
      ])
    let above = list.prices.filter { $0.key.model == "above" && $0.key.serviceTier == "flex" }
      .map(\.rates)
    #expect(above.map(\.input?.description) == ["0.5", "2"])
    #expect(above.map(\.output?.description) == ["1", "3"])
    #expect(list.prices.allSatisfy { $0.rates.derived.isEmpty || $0.key.serviceTier == "batch" })
  }

  /// Writes of twelve hours and calls of other endpoints have prices that nothing is billed by: the
  /// fields are named, and how often they are there.
  @Test func pricesOfOtherKindsOfTokensAreNamed() throws {
    let list = try Self.list(
      """
      {"gpt-6-luna": {"litellm_provider": "openai", \(Self.base), "cache_creation_input_token_cost": 3,
         "cache_creation_input_token_cost_above_12hr": 6,
         "cache_creation_input_token_cost_above_12hr_above_272k_tokens": 12,
         "output_cost_per_token_decisions": 0}}
      """)
    #expect(
      list.unsupported == [
        "cache_creation_input_token_cost_above_12hr": 1,
        "cache_creation_input_token_cost_above_12hr_above_272k_tokens": 1,
        "output_cost_per_token_decisions": 1,
      ])
    #expect(list.prices.map(\.rates.cacheCreationInput?.description) == ["3"])
  }

  @Test func whatHasNoProviderIsAProblemWhereItPricesTokens() throws {
    let list = try Self.list(
      """
      {"a/b/c": {"input_cost_per_token": 1}, "null": {"litellm_provider": null, "output_cost_per_token": 1},
       "number": {"litellm_provider": 5, "tiered_pricing": [{"range": [0, 9], "input_cost_per_token": 0}]},
       "prose": {"input_cost_per_token": "see contract"}, "text": "1e-6", "list": [], "nothing": null,
       "image": {"input_cost_per_image": 1}, "sample_spec": {"input_cost_per_token": 1},
       "fallback_generalizations": {"input_cost_per_token": 1}, "empty": {},
       "fine": {"litellm_provider": "p", "input_cost_per_token": 1}}
      """)
    #expect(
      list.problems.map { "\($0.key): \($0.field) is \($0.reason)" } == [
        "a/b/c: litellm_provider is missing", "null: litellm_provider is missing",
        "number: litellm_provider is missing", "prose: litellm_provider is missing",
        "text: value is no object", "list: value is no object", "nothing: value is no object",
      ])
    #expect(list.prices.map(\.key.model) == ["fine"] && list.entryCount == 1)
    // Nor are they gone from the file, whoever's models they are.
    for model in ["a/b/c", "b/c", "c", "text"] {
      #expect(list.isUnread(PriceModel(provider: "any", model: model)))
    }
    #expect(!list.isUnread(PriceModel(provider: "p", model: "fine")))
  }
}
