// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import Pricing

/// What a price list changes in the catalogue from one instant on.
///
/// A price that was entered by hand without an end keeps its model out of the list's reach. One with
/// an end, such as a promotion, keeps its range: the list takes what lies before and behind it.
package struct PriceDifference: Sendable {
  /// A price that is entered in the place of another.
  package struct Changed: Sendable {
    package let old: PriceEntry
    package let new: PriceChange
  }

  /// A range of a key that the list may take.
  private struct Gap {
    let from: Timestamp
    /// Nil: for good.
    let to: Timestamp?
    /// The imported rows in it, in order of time.
    let rows: [PriceEntry]
  }

  package private(set) var new: [PriceChange] = []
  package private(set) var changed: [Changed] = []
  package private(set) var unchangedCount = 0
  /// Rows of models that are in the list, which has no such tier or threshold any more: they end.
  package private(set) var ended: [PriceEntry] = []
  /// Imported prices of models that are not in the list.
  package private(set) var missing: [PriceEntry] = []
  /// Models of the list with prices that were entered by hand: the list does not replace these.
  package private(set) var keptManual: [PriceModel] = []

  private let effectiveFrom: Timestamp
  private let manualVersions: Set<Int64>
  /// Models whose prices by hand the list replaces.
  private let replaced: Set<PriceModel>
  /// The rows that are in force at `effectiveFrom` or later.
  private let standing: [PriceKey: [PriceEntry]]

  /// `entries` are the rows that count; `manualVersions` the changes that were made by hand.
  package init(
    _ list: LiteLLMPriceList, currency: CurrencyCode, from effectiveFrom: Timestamp,
    entries: [PriceEntry], manualVersions: Set<Int64>, replacesManual: Bool
  ) {
    self.effectiveFrom = effectiveFrom
    self.manualVersions = manualVersions
    let rows = entries.filter { $0.effectiveTo.map { $0 > effectiveFrom } ?? true }
    standing = Dictionary(grouping: rows, by: \.key)
    let listed = Set(list.prices.map(\.key.priceModel))
    replaced = replacesManual ? listed : []
    let manual = rows.filter {
      manualVersions.contains($0.originVersion) && !replaced.contains($0.key.priceModel)
    }
    let untouched = Set(manual.filter { $0.effectiveTo == nil }.map(\.key.priceModel))
    keptManual = Set(manual.map(\.key.priceModel)).intersection(listed).sorted {
      PriceKey($0) < PriceKey($1)
    }
    for (key, rates) in list.prices where !untouched.contains(key.priceModel) {
      for gap in gaps(of: key) {
        add(
          PriceChange(
            key, currency: currency, rates: rates, effectiveFrom: gap.from, effectiveTo: gap.to),
          in: gap.rows)
      }
    }
    let keys = Set(list.prices.map(\.key))
    for key in standing.keys.sorted()
    where !keys.contains(key) && !untouched.contains(key.priceModel)
      && !list.unreadModels.contains(key.priceModel)
    {
      let imported = gaps(of: key).flatMap(\.rows)
      if listed.contains(key.priceModel) {
        ended += imported
      } else {
        missing += imported
      }
    }
  }

  private mutating func add(_ change: PriceChange, in rows: [PriceEntry]) {
    guard let first = rows.first else {
      new.append(change)
      return
    }
    let isSame =
      rows.count == 1 && first.effectiveFrom <= change.effectiveFrom
      && first.effectiveTo == change.effectiveTo && first.rates == change.rates
      && first.currency == change.currency
    if isSame {
      unchangedCount += 1
    } else {
      let old = rows.first { $0.isInForce(at: effectiveFrom) } ?? first
      changed.append(Changed(old: old, new: change))
    }
  }

  /// What to enter; nothing when the catalogue says the same already.
  package func changes(endsMissing: Bool) -> [PriceChange] {
    let entries = ended + (endsMissing ? missing : [])
    let currencies = Dictionary(entries.map { ($0.key, $0.currency) }) { first, _ in first }
    let endings = currencies.sorted { $0.key < $1.key }.flatMap { key, currency in
      gaps(of: key).filter { !$0.rows.isEmpty }.map { gap in
        PriceChange(
          key, currency: currency, rates: nil, effectiveFrom: gap.from, effectiveTo: gap.to)
      }
    }
    return new + changed.map(\.new) + endings
  }

  /// From `effectiveFrom` on, what no price by hand has taken. No row lies in two of them, for rows
  /// of a key do not overlap: so each can be changed for itself.
  private func gaps(of key: PriceKey) -> [Gap] {
    let rows = (standing[key] ?? []).sorted { $0.effectiveFrom < $1.effectiveFrom }
    var gaps: [Gap] = []
    var from = effectiveFrom
    var imported: [PriceEntry] = []
    for row in rows {
      guard isByHand(row) else {
        imported.append(row)
        continue
      }
      if from < row.effectiveFrom {
        gaps.append(Gap(from: from, to: row.effectiveFrom, rows: imported))
      }
      imported = []
      guard let end = row.effectiveTo else { return gaps }
      from = end
    }
    gaps.append(Gap(from: from, to: nil, rows: imported))
    return gaps
  }

  private func isByHand(_ row: PriceEntry) -> Bool {
    manualVersions.contains(row.originVersion) && !replaced.contains(row.key.priceModel)
  }
}
