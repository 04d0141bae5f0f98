// SPDX-License-Identifier: Apache-2.0
import Postgres
package import Pricing

extension PriceRates {
  package typealias RateColumn = (
    name: String, rate: WritableKeyPath<PriceRates, UnitPrice?>, bit: RateSet
  )

  /// The columns of `model_prices`, with the rates that they hold.
  package static var columns: [RateColumn] {
    [
      ("input_price", \.input, .input),
      ("output_price", \.output, .output),
      ("cache_read_input_price", \.cacheReadInput, .cacheReadInput),
      ("cache_creation_input_price", \.cacheCreationInput, .cacheCreationInput),
      ("cache_creation_1h_input_price", \.cacheCreation1hInput, .cacheCreation1hInput),
      ("reasoning_output_price", \.reasoningOutput, .reasoningOutput),
      ("audio_input_price", \.audioInput, .audioInput),
      ("audio_output_price", \.audioOutput, .audioOutput),
      ("cache_read_audio_input_price", \.cacheReadAudioInput, .cacheReadAudioInput),
      ("cache_creation_audio_input_price", \.cacheCreationAudioInput, .cacheCreationAudioInput),
    ]
  }

  /// What ``init(_:_:from:)`` reads, in its order.
  static let selected = columns.map(\.name) + ["array_to_string(derived_rates, ',')"]

  /// Columns whose prices were derived.
  package var derivedColumns: [String] {
    Self.columns.filter { derived.contains($0.bit) }.map(\.name)
  }

  /// Nil when a column holds no price.
  init?(_ result: borrowing QueryResult, _ row: Int, from first: Int) {
    self.init()
    for (index, column) in Self.columns.enumerated() {
      guard let text = result.text(row, first + index) else { continue }
      guard let price = UnitPrice(text) else { return nil }
      self[keyPath: column.rate] = price
    }
    let names = (result.text(row, first + Self.columns.count) ?? "").split(separator: ",")
    for column in Self.columns where names.contains(Substring(column.name)) {
      derived.insert(column.bit)
    }
  }
}
