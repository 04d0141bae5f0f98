// SPDX-License-Identifier: Apache-2.0
import Postgres
package import Pricing

extension PriceRates {
  /// The columns of `model_prices`, with the rates that they hold.
  package static var columns: [(name: String, rate: WritableKeyPath<PriceRates, UnitPrice?>)] {
    [
      ("input_price", \.input),
      ("output_price", \.output),
      ("cache_read_input_price", \.cacheReadInput),
      ("cache_creation_input_price", \.cacheCreationInput),
      ("cache_creation_1h_input_price", \.cacheCreation1hInput),
      ("reasoning_output_price", \.reasoningOutput),
      ("audio_input_price", \.audioInput),
      ("audio_output_price", \.audioOutput),
    ]
  }

  static let columnNames = columns.map(\.name)

  /// Nil when a column holds no price.
  init?(_ result: borrowing QueryResult, _ row: Int, from first: Int) {
    self.init()
    for (index, column) in Self.columns.enumerated() {
      guard let text = result.text(row, first + index) else { continue }
      guard let price = UnitPrice(text) else { return nil }
      self[keyPath: column.rate] = price
    }
  }
}
