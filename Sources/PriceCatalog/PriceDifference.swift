// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import Pricing

/// What a price list changes in the catalogue from one instant on.
package struct PriceDifference: Sendable {
  /// A price that is entered in the place of another.
  package struct Changed: Sendable {
    package let old: PriceEntry
    package let new: PriceChange
  }

  package private(set) var new: [PriceChange] = []
  package private(set) var changed: [Changed] = []
  package private(set) var unchangedCount = 0
  /// Rows of models that are in the list, which has no such tier or threshold any more: they end.
  package private(set) var ended: [PriceEntry] = []
  /// Imported prices of models that are not in the list.
  package private(set) var missing: [PriceEntry] = []
  /// Models whose prices were entered by hand: the list does not replace them.
  package private(set) var keptManual: [PriceModel] = []

  private let effectiveFrom: Timestamp

  /// `entries` are the rows that count, `manualVersions` those of them that were entered by hand.
  package init(
    _ list: LiteLLMPriceList, currency: CurrencyCode, from effectiveFrom: Timestamp,
    entries: [PriceEntry], manualVersions: Set<Int64>, replacesManual: Bool
  ) {
    self.effectiveFrom = effectiveFrom
    let standing = entries.filter { $0.effectiveTo.map { $0 > effectiveFrom } ?? true }
    let byKey = Dictionary(grouping: standing, by: \.key)
    var manual = Set(
      standing.filter { manualVersions.contains($0.version) }.map(\.key.priceModel))
    let listed = Set(list.prices.map(\.key.priceModel))
    if replacesManual { manual.subtract(listed) }
    keptManual = manual.intersection(listed).sorted {
      ($0.provider, $0.model) < ($1.provider, $1.model)
    }
    for (key, rates) in list.prices where !manual.contains(key.priceModel) {
      let change = PriceChange(
        key, currency: currency, rates: rates, effectiveFrom: effectiveFrom)
      add(change, in: (byKey[key] ?? []).sorted { $0.effectiveFrom < $1.effectiveFrom })
    }
    let keys = Set(list.prices.map(\.key))
    for entry in standing.sorted(by: { $0.key < $1.key })
    where !keys.contains(entry.key) && !manual.contains(entry.key.priceModel) {
      if listed.contains(entry.key.priceModel) {
        ended.append(entry)
      } else {
        missing.append(entry)
      }
    }
  }

  private mutating func add(_ change: PriceChange, in rows: [PriceEntry]) {
    guard let first = rows.first else {
      new.append(change)
      return
    }
    let isSame =
      rows.count == 1 && first.effectiveFrom <= effectiveFrom && first.effectiveTo == nil
      && first.rates == change.rates && first.currency == change.currency
    if isSame {
      unchangedCount += 1
    } else {
      let old = rows.first { $0.isInForce(at: effectiveFrom) } ?? first
      changed.append(Changed(old: old, new: change))
    }
  }

  /// What to enter; nothing when the catalogue says the same already.
  package func changes(endsMissing: Bool) -> [PriceChange] {
    let endings = Set((ended + (endsMissing ? missing : [])).map { ending($0) })
    return new + changed.map(\.new) + endings.sorted { $0.key < $1.key }
  }

  private func ending(_ entry: PriceEntry) -> PriceChange {
    PriceChange(entry.key, currency: entry.currency, rates: nil, effectiveFrom: effectiveFrom)
  }
}
