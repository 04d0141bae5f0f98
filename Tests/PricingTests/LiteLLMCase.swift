// SPDX-License-Identifier: Apache-2.0
import Pricing

/// One line of what ops/lib/litellm_cases.py writes.
struct LiteLLMCase {
  let key, provider, model, tier: String
  /// Empty: the call does not say it.
  let region: String
  let usage: TokenUsage
  /// LiteLLM's cost of the call; nil: it has no answer.
  let cost: Double?
  /// Without the formula of the provider, and with what LiteLLM leaves out.
  let genericCost: Double?
  let facts: Set<Substring>

  init?(_ line: Substring) {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
    let counts = fields.dropFirst(5).prefix(8).compactMap { Int64($0) }
    guard fields.count == 16, counts.count == 8 else { return nil }
    key = String(fields[0])
    provider = String(fields[1])
    model = String(fields[2])
    tier = String(fields[3])
    region = String(fields[4])
    usage = TokenUsage(
      inputTokens: counts[0], outputTokens: counts[1], cacheReadInputTokens: counts[2],
      cacheCreationInputTokens: counts[3], cacheCreation1hInputTokens: counts[4],
      reasoningOutputTokens: counts[5], audioInputTokens: counts[6], audioOutputTokens: counts[7])
    cost = Double(fields[13])
    genericCost = Double(fields[14])
    facts = Set(fields[15].split(separator: ","))
  }
}
