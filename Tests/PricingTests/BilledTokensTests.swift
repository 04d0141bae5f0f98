// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing
import Testing

struct BilledTokensTests {
  /// What the decoder lets through: parts within their wholes, audio and cached tokens apart or the
  /// same.
  private static func usage(_ random: inout SplitMix) -> TokenUsage {
    func part(_ whole: Int64) -> Int64 {
      Bool.random(using: &random) ? 0 : Int64.random(in: 0...whole, using: &random)
    }
    let input = part(10_000)
    let output = part(10_000)
    let read = part(input)
    let written = part(input - read)
    return TokenUsage(
      inputTokens: input, outputTokens: output, cacheReadInputTokens: read,
      cacheCreationInputTokens: written, cacheCreation1hInputTokens: part(written),
      reasoningOutputTokens: part(output), audioInputTokens: part(input),
      audioOutputTokens: part(output))
  }

  @Test(arguments: 0..<10)
  func thePartsMakeTheWhole(seed: UInt64) {
    var random = SplitMix(state: seed)
    for _ in 0..<500 {
      let usage = Self.usage(&random)
      let tokens = BilledTokens(usage)
      let text =
        tokens.input + tokens.cacheRead + tokens.cacheCreation5m + tokens.cacheCreation1h
      let audio =
        tokens.audioInput + tokens.audioCacheRead + tokens.audioCacheCreation5m
        + tokens.audioCacheCreation1h
      #expect(text + audio == usage.inputTokens, "\(usage)")
      #expect(audio == usage.audioInputTokens, "\(usage)")
      #expect(tokens.cacheRead + tokens.audioCacheRead == usage.cacheReadInputTokens, "\(usage)")
      #expect(
        tokens.cacheCreation1h + tokens.audioCacheCreation1h == usage.cacheCreation1hInputTokens)
      #expect(
        tokens.output + tokens.reasoning + tokens.audioOutput == usage.outputTokens, "\(usage)")
      #expect(tokens.audioOutput == usage.audioOutputTokens)
      // No more audio was cached than must have been.
      #expect(tokens.audioInput == usage.audioInputTokens || tokens.input == 0)
    }
  }

  /// Rates of gpt-realtime.
  @Test(
    arguments: [
      (1000, 800, 0, 0, 900, "0.01216"), (1000, 100, 0, 0, 900, "0.03428"),
      (1000, 0, 0, 0, 900, "0.03464"), (1000, 1000, 0, 0, 900, "0.00584"),
      (1000, 300, 600, 200, 900, "0.01126"), (1000, 0, 1000, 1000, 900, "0.0093"),
    ] as [(Int64, Int64, Int64, Int64, Int64, String)])
  func cachedAudioIsCountedOnce(
    input: Int64, read: Int64, written: Int64, written1h: Int64, audio: Int64, cost: String
  ) throws {
    let rates = PriceRates(
      input: UnitPrice("4e-6"), output: UnitPrice("1.6e-5"), cacheReadInput: UnitPrice("4e-7"),
      cacheCreationInput: UnitPrice("5e-6"), cacheCreation1hInput: UnitPrice("8e-6"),
      audioInput: UnitPrice("3.2e-5"), audioOutput: UnitPrice("6.4e-5"),
      cacheReadAudioInput: UnitPrice("4e-7"), cacheCreationAudioInput: UnitPrice("3.4e-6"))
    let usage = TokenUsage(
      inputTokens: input, outputTokens: 100, cacheReadInputTokens: read,
      cacheCreationInputTokens: written, cacheCreation1hInputTokens: written1h,
      audioInputTokens: audio, audioOutputTokens: 80)
    #expect(rates.cost(of: usage)?.description == cost)
  }

  /// Rates that tell the parts apart, one after the other.
  @Test func everyPartHasItsRate() throws {
    let all = TokenUsage(
      inputTokens: 5 + 6, outputTokens: 6, cacheReadInputTokens: 5, cacheCreationInputTokens: 6,
      cacheCreation1hInputTokens: 4, reasoningOutputTokens: 1, audioInputTokens: 7,
      audioOutputTokens: 2)
    // Nothing is fresh: 5 of the audio were read, 2 written for five minutes, and 4 of text for an
    // hour.
    var rates = PriceRates(input: UnitPrice("1"), output: UnitPrice("100"))
    #expect(rates.cost(of: all)?.description == "611")
    rates.audioInput = UnitPrice("10")
    #expect(rates.cost(of: all)?.description == "674")
    rates.cacheReadInput = UnitPrice("3")
    #expect(rates.cost(of: all)?.description == "639")
    rates.cacheReadAudioInput = UnitPrice("4")
    #expect(rates.cost(of: all)?.description == "644")
    rates.cacheCreationInput = UnitPrice("2")
    #expect(rates.cost(of: all)?.description == "632")
    rates.cacheCreation1hInput = UnitPrice("5")
    #expect(rates.cost(of: all)?.description == "644")
    rates.cacheCreationAudioInput = UnitPrice("7")
    #expect(rates.cost(of: all)?.description == "654")
    rates.audioOutput = UnitPrice("200")
    #expect(rates.cost(of: all)?.description == "854")
    rates.reasoningOutput = UnitPrice("0")
    #expect(rates.cost(of: all)?.description == "754")
  }
}
