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

  /// Null is zero.
  init(_ result: borrowing QueryResult, _ row: Int, from first: Int) {
    self.init(
      inputTokens: result.int64(row, first) ?? 0, outputTokens: result.int64(row, first + 1) ?? 0,
      cacheReadInputTokens: result.int64(row, first + 2) ?? 0,
      cacheCreationInputTokens: result.int64(row, first + 3) ?? 0,
      cacheCreation1hInputTokens: result.int64(row, first + 4) ?? 0,
      reasoningOutputTokens: result.int64(row, first + 5) ?? 0,
      audioInputTokens: result.int64(row, first + 6) ?? 0,
      audioOutputTokens: result.int64(row, first + 7) ?? 0)
  }
}
