// SPDX-License-Identifier: Apache-2.0

/// The token counts of a call, inclusive as records have them: cached, written and audio tokens are
/// part of the input, and may be the same ones; reasoning and audio tokens are part of the output.
/// ``BilledTokens`` divides them.
package struct TokenUsage: BitwiseCopyable, Hashable, Sendable {
  package var inputTokens: Int64
  package var outputTokens: Int64
  package var cacheReadInputTokens: Int64
  package var cacheCreationInputTokens: Int64
  /// Part of `cacheCreationInputTokens`.
  package var cacheCreation1hInputTokens: Int64
  package var reasoningOutputTokens: Int64
  package var audioInputTokens: Int64
  package var audioOutputTokens: Int64

  package init(
    inputTokens: Int64 = 0, outputTokens: Int64 = 0, cacheReadInputTokens: Int64 = 0,
    cacheCreationInputTokens: Int64 = 0, cacheCreation1hInputTokens: Int64 = 0,
    reasoningOutputTokens: Int64 = 0, audioInputTokens: Int64 = 0, audioOutputTokens: Int64 = 0
  ) {
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
    self.cacheReadInputTokens = cacheReadInputTokens
    self.cacheCreationInputTokens = cacheCreationInputTokens
    self.cacheCreation1hInputTokens = cacheCreation1hInputTokens
    self.reasoningOutputTokens = reasoningOutputTokens
    self.audioInputTokens = audioInputTokens
    self.audioOutputTokens = audioOutputTokens
  }
}
