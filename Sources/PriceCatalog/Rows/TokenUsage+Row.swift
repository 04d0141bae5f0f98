// SPDX-License-Identifier: Apache-2.0
import Postgres
import Pricing

extension TokenUsage {
  /// The columns of `invocations` that ``init(_:_:from:)`` reads, in its order.
  static let columns = [
    "input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens",
    "cache_creation_1h_input_tokens", "reasoning_output_tokens", "audio_input_tokens",
    "audio_output_tokens",
  ]

  /// Whether a row of `invocations` says what was used.
  static let isGiven = "(input_tokens IS NOT NULL AND output_tokens IS NOT NULL)"

  /// Nil when the call does not say what it used: its input or its output is null. Null elsewhere
  /// is zero. The same rule as for records that come in.
  init?(_ result: borrowing QueryResult, _ row: Int, from first: Int) {
    guard let inputTokens = result.int64(row, first),
      let outputTokens = result.int64(row, first + 1)
    else { return nil }
    self.init(
      inputTokens: inputTokens, outputTokens: outputTokens,
      cacheReadInputTokens: result.int64(row, first + 2) ?? 0,
      cacheCreationInputTokens: result.int64(row, first + 3) ?? 0,
      cacheCreation1hInputTokens: result.int64(row, first + 4) ?? 0,
      reasoningOutputTokens: result.int64(row, first + 5) ?? 0,
      audioInputTokens: result.int64(row, first + 6) ?? 0,
      audioOutputTokens: result.int64(row, first + 7) ?? 0)
  }
}
