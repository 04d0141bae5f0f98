// SPDX-License-Identifier: Apache-2.0

/// Batch rates that a list leaves out, of a model for which it has others.
extension PriceRates {
  /// Input and output are half of the standard ones, as LiteLLM takes them ("usually half").
  /// Cached, written and audio tokens are scaled as the list scales the input, reasoning and audio
  /// of the output as it scales the output.
  mutating func deriveBatch(from standard: PriceRates) {
    if input == nil { derive(\.input, .input, standard.input?.half) }
    if output == nil { derive(\.output, .output, standard.output?.half) }
    for (rate, bit) in Self.partsOfInput {
      derive(rate, bit, from: standard, as: \.input)
    }
    for (rate, bit) in Self.partsOfOutput {
      derive(rate, bit, from: standard, as: \.output)
    }
  }

  private typealias Rate = WritableKeyPath<PriceRates, UnitPrice?>

  private static var partsOfInput: [(Rate, RateSet)] {
    [
      (\.cacheReadInput, .cacheReadInput), (\.cacheCreationInput, .cacheCreationInput),
      (\.cacheCreation1hInput, .cacheCreation1hInput), (\.audioInput, .audioInput),
      (\.cacheReadAudioInput, .cacheReadAudioInput),
      (\.cacheCreationAudioInput, .cacheCreationAudioInput),
    ]
  }

  private static var partsOfOutput: [(Rate, RateSet)] {
    [(\.reasoningOutput, .reasoningOutput), (\.audioOutput, .audioOutput)]
  }

  private mutating func derive(
    _ rate: Rate, _ bit: RateSet, from standard: PriceRates, as whole: Rate
  ) {
    guard self[keyPath: rate] == nil, let price = standard[keyPath: rate],
      let batch = self[keyPath: whole], let full = standard[keyPath: whole]
    else { return }
    let scaled = price.scaled(batch, of: full)
    // Reasoning at the price of the output needs no word.
    if scaled != batch || whole == \.input { derive(rate, bit, scaled) }
  }

  private mutating func derive(_ rate: Rate, _ bit: RateSet, _ price: UnitPrice?) {
    guard let price else { return }
    self[keyPath: rate] = price
    if price > .zero { derived.insert(bit) }
  }
}
