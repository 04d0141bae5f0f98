// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Pricing

extension [PriceChange] {
  /// The rows that would count after these changes; those that would be new have negative ids.
  func applied(to entries: [PriceEntry]) -> [PriceEntry] {
    var rows = Dictionary(grouping: entries, by: \.key)
    for (index, change) in self.enumerated() {
      var kept = (rows[change.key] ?? []).flatMap { $0.without(change) }
      if let rates = change.rates {
        let key = change.key
        kept.append(
          PriceEntry(
            priceID: -Int64(index) - 1, provider: key.provider, model: key.model,
            region: key.region, serviceTier: key.serviceTier, minInputTokens: key.minInputTokens,
            currency: change.currency, rates: rates, effectiveFrom: change.effectiveFrom,
            effectiveTo: change.effectiveTo, version: 0))
      }
      rows[change.key] = kept
    }
    return rows.values.flatMap(\.self)
  }
}

extension PriceChange {
  /// The models among `entries` that are its model with a day behind the name: they are other ones,
  /// and calls of them keep the prices that they have.
  package func datedModels(_ entries: [PriceEntry]) -> [PriceKey] {
    let dated = entries.filter { entry in
      guard let undated = DatedName.undated(entry.model) else { return false }
      return PriceModel(provider: entry.provider, model: undated) == key.priceModel
        && (key.region.isEmpty || entry.region.isEmpty || entry.region == key.region)
        && entry.overlaps(self)
    }
    return Set(dated.map { PriceKey($0.key.priceModel) }).sorted()
  }
}

extension PriceEntry {
  /// What a change of its key leaves of it.
  fileprivate func without(_ change: PriceChange) -> [PriceEntry] {
    var (before, behind) = (self, self)
    before.effectiveTo = earlier(effectiveTo, change.effectiveFrom)
    var remaining = before.effectiveTo.map { effectiveFrom < $0 } ?? true ? [before] : []
    if let end = change.effectiveTo {
      behind.effectiveFrom = Swift.max(effectiveFrom, end)
      if behind.effectiveTo.map({ behind.effectiveFrom < $0 }) ?? true { remaining.append(behind) }
    }
    return remaining
  }
}
