// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import Pricing

/// What a price list changes in the catalogue, from one instant on and up to the next known change
/// of each model: where another list begins to hold, or an imported price begins or ends.
///
/// A price that was entered by hand without an end keeps its model out of the list's reach, in its
/// region, or in every one where it names none. One with an end, such as a promotion, keeps its
/// range: the list takes what lies before and behind it.
package struct PriceDifference: Sendable {
  /// What the list is to hold for.
  package struct Scope: Sendable {
    package let from: Timestamp
    /// Nil: for good.
    package let to: Timestamp?
    /// Also beyond the next known change.
    package let replacesLater: Bool
    /// Also prices that were entered by hand.
    package let replacesManual: Bool

    package init(
      from: Timestamp, to: Timestamp? = nil, replacesLater: Bool = false,
      replacesManual: Bool = false
    ) {
      self.from = from
      self.to = to
      self.replacesLater = replacesLater
      self.replacesManual = replacesManual
    }
  }

  /// Known prices of a model that the list does not reach.
  package struct Later: Sendable, Hashable {
    package let model: PriceModel
    package let from: Timestamp
  }

  /// A region of the list that a price by hand for every call keeps as it is.
  package struct HeldRegion: Sendable, Hashable {
    /// Stands for all prices of the model in the region.
    package let key: PriceKey
    /// Whether calls of the region have the price of an earlier import, and not that by hand.
    package let hasListPrice: Bool
  }

  package private(set) var new: [PriceInterval] = []
  package private(set) var changed: [PriceInterval] = []
  package private(set) var unchangedCount = 0
  /// Of models that are in the list, which has no such tier or threshold any more: they end.
  package private(set) var ended: [PriceInterval] = []
  /// Imported prices of models that are not in the list.
  package private(set) var missing: [PriceInterval] = []
  /// Models of the list with prices that were entered by hand: the list does not replace these.
  package private(set) var keptManual: [PriceModel] = []
  package private(set) var heldRegions: [HeldRegion] = []
  /// Models that the list changes only up to their next known change.
  package private(set) var keptLater: [Later] = []

  /// Which models of the catalogue the list has.
  package let models: PriceListModels

  private var entered: [PriceChange] = []
  private var endingMissing: [PriceChange] = []

  /// `entries` are the rows that count; `manualVersions` the changes that were made by hand.
  package init(
    _ list: LiteLLMPriceList, currency: CurrencyCode, _ scope: Scope, entries: [PriceEntry],
    manualVersions: Set<Int64>, imports: [PriceImportRecord]
  ) {
    let listed = Set(list.prices.map(\.key.priceModel))
    models = PriceListModels(listed, of: Set(entries.map(\.key.priceModel)))
    let reach = PriceReach(
      scope, entries, manualVersions, imports,
      replaced: scope.replacesManual ? listed : [])
    keptManual = reach.manualModels.intersection(listed).sorted { PriceKey($0) < PriceKey($1) }
    heldRegions = Self.heldRegions(list, listed, reach)
    var touched: Set<PriceModel> = []
    for (key, rates) in list.prices where !reach.isUntouched(key) {
      for gap in reach.gaps(of: key) {
        let intervals = gap.intervals(key, rates, currency).filter { !$0.isSame }
        guard !intervals.isEmpty else {
          unchangedCount += 1
          continue
        }
        new += intervals.filter { $0.old == nil }
        changed += intervals.filter { $0.old != nil }
        touched.insert(key.priceModel)
        entered.append(
          PriceChange(
            key, currency: currency, rates: rates, effectiveFrom: gap.from, effectiveTo: gap.to))
      }
    }
    let keys = Set(list.prices.map(\.key))
    for key in reach.keys
    where !keys.contains(key) && !reach.isUntouched(key)
      && !list.isUnread(key.priceModel)
    {
      let isListed = listed.contains(key.priceModel)
      end(key, currency, reach, isListed: isListed)
      if isListed, !ended.isEmpty, ended.last?.key == key { touched.insert(key.priceModel) }
    }
    keptLater = touched.sorted { PriceKey($0) < PriceKey($1) }.compactMap { model in
      reach.nextChange(of: model).map { Later(model: model, from: $0) }
    }
  }

  private static func heldRegions(
    _ list: LiteLLMPriceList, _ models: Set<PriceModel>, _ reach: PriceReach
  ) -> [HeldRegion] {
    let standing = reach.listed.filter { models.contains($0.priceModel) }
    let keys = standing.union(list.prices.map(\.key.ofAnyUse))
    return keys.filter { reach.isHeld($0) }.sorted().map {
      HeldRegion(key: $0, hasListPrice: standing.contains($0))
    }
  }

  private mutating func end(
    _ key: PriceKey, _ currency: CurrencyCode, _ reach: PriceReach, isListed: Bool
  ) {
    for gap in reach.gaps(of: key) {
      let intervals = gap.intervals(key, nil, currency).filter { !$0.isSame }
      guard !intervals.isEmpty else { continue }
      let change = PriceChange(
        key, currency: currency, rates: nil, effectiveFrom: gap.from, effectiveTo: gap.to)
      if isListed {
        ended += intervals
        entered.append(change)
      } else {
        missing += intervals
        endingMissing.append(change)
      }
    }
  }

  /// What to enter; nothing when the catalogue says the same already.
  package func changes(endsMissing: Bool) -> [PriceChange] {
    entered + (endsMissing ? endingMissing : [])
  }

  /// Every interval whose price changes.
  package func intervals(endsMissing: Bool) -> [PriceInterval] {
    new + changed + ended + (endsMissing ? missing : [])
  }
}
