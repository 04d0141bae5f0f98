// SPDX-License-Identifier: Apache-2.0

/// The tokens of a call, divided into parts that do not overlap: the one place that says which they
/// are. None is negative, and those of the output make the output.
///
/// | input | fresh        | read from a cache | written, 5 minutes     | written, 1 hour        |
/// | ----- | ------------ | ----------------- | ---------------------- | ---------------------- |
/// | text  | `input`      | `cacheRead`       | `cacheCreation5m`      | `cacheCreation1h`      |
/// | audio | `audioInput` | `audioCacheRead`  | `audioCacheCreation5m` | `audioCacheCreation1h` |
///
/// The output is `output`, `reasoning` and `audioOutput`.
///
/// A usage counts audio and cached tokens, not cached audio. What providers cache is the beginning
/// of a prompt, where the instructions stand: so audio is fresh as far as there are fresh tokens,
/// the rest was read from a cache, and what is left then was written to one. LiteLLM divides in the
/// same way.
package struct BilledTokens: BitwiseCopyable, Hashable, Sendable {
  package let input, cacheRead, cacheCreation5m, cacheCreation1h: Int64
  package let audioInput, audioCacheRead, audioCacheCreation5m, audioCacheCreation1h: Int64
  package let output, reasoning, audioOutput: Int64

  package init(_ usage: TokenUsage) {
    let read = max(0, usage.cacheReadInputTokens)
    let written1h = max(0, usage.cacheCreation1hInputTokens)
    let written = max(0, usage.cacheCreationInputTokens)
    let written5m = max(0, written - written1h)
    // Step by step: neither difference of two non-negative numbers overflows.
    let fresh = max(0, max(0, max(0, usage.inputTokens) - read) - written)

    var audio = max(0, usage.audioInputTokens)
    audioInput = Self.portion(fresh, of: &audio)
    audioCacheRead = Self.portion(read, of: &audio)
    audioCacheCreation5m = Self.portion(written5m, of: &audio)
    audioCacheCreation1h = Self.portion(written1h, of: &audio)
    input = fresh - audioInput
    cacheRead = read - audioCacheRead
    cacheCreation5m = written5m - audioCacheCreation5m
    cacheCreation1h = written1h - audioCacheCreation1h

    var text = max(0, usage.outputTokens)
    audioOutput = Self.portion(max(0, usage.audioOutputTokens), of: &text)
    reasoning = Self.portion(max(0, usage.reasoningOutputTokens), of: &text)
    output = text
  }

  /// As much of `count` as there is; it leaves `rest`.
  @inline(__always) private static func portion(_ count: Int64, of rest: inout Int64) -> Int64 {
    let taken = min(count, rest)
    rest -= taken
    return taken
  }
}
