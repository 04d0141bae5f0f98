// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Pricing

/// What a change by hand that names no region does in the regions of its model. It is for every
/// call, and a region that has prices has all prices of its calls.
package struct RegionalChange: Sendable {
  /// The same change in each region whose prices are those of a list, or came with the price that
  /// is replaced.
  package let changes: [PriceChange]
  /// Keys that keep a price which was entered by hand for their region.
  package let kept: [PriceKey]

  /// `entries` are the rows that count; `manualVersions` the changes that were made by hand.
  package init(_ change: PriceChange, _ entries: [PriceEntry], manualVersions: Set<Int64>) {
    guard change.key.region.isEmpty else {
      (changes, kept) = ([], [])
      return
    }
    let met = entries.filter { $0.key.priceModel == change.key.priceModel && $0.overlaps(change) }
    let replaced = Set(met.filter { $0.key == change.key }.map(\.originVersion))
    func isOwn(_ row: PriceEntry) -> Bool {
      manualVersions.contains(row.originVersion) && !replaced.contains(row.originVersion)
    }
    var changes: [PriceChange] = []
    var kept: [PriceKey] = []
    for region in Set(met.map(\.region)).sorted() where !region.isEmpty {
      let rows = met.filter { $0.region == region }
      let key = PriceKey(
        change.key.priceModel, region: region, serviceTier: change.key.serviceTier,
        minInputTokens: change.key.minInputTokens)
      let same = rows.filter { $0.key == key }
      if same.contains(where: isOwn) {
        kept.append(key)
      } else if change.rates == nil ? !same.isEmpty : rows.contains(where: { !isOwn($0) }) {
        var regional = change
        regional.key = key
        changes.append(regional)
      }
    }
    (self.changes, self.kept) = (changes, kept)
  }
}

extension PriceEntry {
  /// Whether the change takes something of the time of this row.
  package func overlaps(_ change: PriceChange) -> Bool {
    (effectiveTo.map { change.effectiveFrom < $0 } ?? true)
      && (change.effectiveTo.map { effectiveFrom < $0 } ?? true)
  }
}
