// SPDX-License-Identifier: Apache-2.0

/// The tokens of a call, each counted once under the rate that prices it; none is negative.
package struct BilledTokens: BitwiseCopyable, Hashable, Sendable {
  package let input, cacheRead, cacheCreation5m, cacheCreation1h, audioInput: Int64
  package let output, reasoning, audioOutput: Int64

  /// What is counted under a special rate leaves input and output; below zero it is zero.
  package init(_ usage: TokenUsage) {
    cacheRead = max(0, usage.cacheReadInputTokens)
    cacheCreation1h = max(0, usage.cacheCreation1hInputTokens)
    let cacheCreation = max(0, usage.cacheCreationInputTokens)
    cacheCreation5m = max(0, cacheCreation - cacheCreation1h)
    audioInput = max(0, usage.audioInputTokens)
    // Step by step: neither difference of two non-negative numbers overflows.
    let uncached = max(0, max(0, usage.inputTokens) - cacheRead)
    input = max(0, max(0, uncached - cacheCreation) - audioInput)
    reasoning = max(0, usage.reasoningOutputTokens)
    audioOutput = max(0, usage.audioOutputTokens)
    output = max(0, max(0, max(0, usage.outputTokens) - reasoning) - audioOutput)
  }
}
