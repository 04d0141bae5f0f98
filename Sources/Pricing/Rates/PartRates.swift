// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// What a row takes for each part of ``BilledTokens``, with every fallback filled in; as numbers
/// without optionals, because each call reads all of them.
struct PartRates: BitwiseCopyable {
  /// 10⁻²⁴ a token; negative: not known.
  private let input, cacheRead, cacheCreation5m, cacheCreation1h: Int128
  private let audioInput, audioCacheRead, audioCacheCreation5m, audioCacheCreation1h: Int128
  private let output, reasoning, audioOutput: Int128

  /// A cached or written token without a rate of its own is one like the others: text has the price
  /// of text, audio that of audio.
  init(_ rates: PriceRates) {
    let audio = rates.audioInput ?? rates.input
    let written1h = rates.cacheCreation1hInput ?? rates.cacheCreationInput
    input = Self.units(rates.input)
    cacheRead = Self.units(rates.cacheReadInput ?? rates.input)
    cacheCreation5m = Self.units(rates.cacheCreationInput ?? rates.input)
    cacheCreation1h = Self.units(written1h ?? rates.input)
    audioInput = Self.units(audio)
    audioCacheRead = Self.units(rates.cacheReadAudioInput ?? rates.cacheReadInput ?? audio)
    audioCacheCreation5m = Self.units(
      rates.cacheCreationAudioInput ?? rates.cacheCreationInput ?? audio)
    audioCacheCreation1h = Self.units(rates.cacheCreationAudioInput ?? written1h ?? audio)
    output = Self.units(rates.output)
    reasoning = Self.units(rates.reasoningOutput ?? rates.output)
    audioOutput = Self.units(rates.audioOutput ?? rates.output)
  }

  private static func units(_ price: UnitPrice?) -> Int128 { price?.units ?? -1 }

  /// Σ tokens · rate, exact, rounded once to 12 decimals, half away from zero.
  func charge(for usage: TokenUsage) -> Result<Amount, Unpriced> {
    let tokens = BilledTokens(usage)
    var sum = PriceSum()
    sum.add(tokens.input, input)
    sum.add(tokens.output, output)
    sum.add(tokens.cacheRead, cacheRead)
    sum.add(tokens.cacheCreation5m, cacheCreation5m)
    sum.add(tokens.cacheCreation1h, cacheCreation1h)
    sum.add(tokens.audioInput, audioInput)
    sum.add(tokens.audioCacheRead, audioCacheRead)
    sum.add(tokens.audioCacheCreation5m, audioCacheCreation5m)
    sum.add(tokens.audioCacheCreation1h, audioCacheCreation1h)
    sum.add(tokens.reasoning, reasoning)
    sum.add(tokens.audioOutput, audioOutput)
    return sum.amount
  }
}
