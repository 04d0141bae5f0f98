// SPDX-License-Identifier: Apache-2.0
package import Pricing

/// What makes a program ask before a price is entered by hand.
package enum PriceDoubt: Hashable, Sendable {
  /// A rate is more than ten times the model's last one, or less than a tenth of it.
  case farFromLast(column: String, last: UnitPrice, new: UnitPrice)
  /// The catalogue does not know the model.
  case newModel

  private static let factorMax: Int128 = 10

  /// `entries` are the rows that count.
  package static func all(_ change: PriceChange, _ entries: [PriceEntry]) -> [PriceDoubt] {
    guard let rates = change.rates else { return [] }
    let known = entries.filter { $0.key.priceModel == change.key.priceModel }
    guard !known.isEmpty else { return [.newModel] }
    guard let last = last(change, known), last.currency == change.currency else { return [] }
    return PriceRates.columns.compactMap { column in
      guard let new = rates[keyPath: column.rate], let old = last.rates[keyPath: column.rate],
        isFar(old, new)
      else { return nil }
      return .farFromLast(column: column.name, last: old, new: new)
    }
  }

  /// The price in force when the new one begins, or the nearest; of the same tier and threshold
  /// where there is one.
  private static func last(_ change: PriceChange, _ known: [PriceEntry]) -> PriceEntry? {
    let same = known.filter { $0.key == change.key }
    let base = known.filter {
      $0.serviceTier == PriceBook.standardTier && $0.minInputTokens == 0
    }
    let rows = [same, base, known].first { !$0.isEmpty } ?? []
    let earlier = rows.filter { $0.effectiveFrom <= change.effectiveFrom }
    return earlier.max { $0.effectiveFrom < $1.effectiveFrom }
      ?? rows.min { $0.effectiveFrom < $1.effectiveFrom }
  }

  private static func isFar(_ old: UnitPrice, _ new: UnitPrice) -> Bool {
    new.units > old.units * factorMax || old.units > new.units * factorMax
  }
}
