// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing

/// Which time of each key a price list may take.
struct PriceReach {
  /// A range of a key that the list may take.
  struct Gap {
    let from: Timestamp
    /// Nil: for good.
    let to: Timestamp?
    /// The rows in it that are not kept, in order of time.
    let rows: [PriceEntry]

    /// What stands in it, piece by piece, and what will.
    func intervals(
      _ key: PriceKey, _ rates: PriceRates?, _ currency: CurrencyCode
    ) -> [PriceInterval] {
      var intervals: [PriceInterval] = []
      func append(_ from: Timestamp, _ to: Timestamp?, _ old: PriceEntry?) {
        guard to.map({ from < $0 }) ?? true else { return }
        intervals.append(
          PriceInterval(key: key, from: from, to: to, old: old, rates: rates, currency: currency))
      }
      var start = from
      for row in rows {
        append(start, row.effectiveFrom, nil)
        append(max(start, row.effectiveFrom), earlier(row.effectiveTo, to), row)
        guard let end = row.effectiveTo else { return intervals }
        start = end
      }
      append(start, to, nil)
      return intervals
    }
  }

  private let scope: PriceDifference.Scope
  private let manualVersions: Set<Int64>
  /// Models whose prices by hand the list replaces.
  private let replaced: Set<PriceModel>
  /// The rows of each key that are in force at the scope's start or later, in order of time.
  private let standing: [PriceKey: [PriceEntry]]
  private var nextChanges: [PriceModel: Timestamp] = [:]
  /// Models by region.
  private var untouched: Set<PriceKey> = []
  /// Models with a price by hand that is kept.
  private(set) var manualModels: Set<PriceModel> = []

  init(
    _ scope: PriceDifference.Scope, _ entries: [PriceEntry], _ manualVersions: Set<Int64>,
    _ imports: [PriceImportRecord], replaced: Set<PriceModel>
  ) {
    self.scope = scope
    self.manualVersions = manualVersions
    self.replaced = replaced
    let rows = entries.filter { $0.effectiveTo.map { $0 > scope.from } ?? true }
    standing = Dictionary(grouping: rows, by: \.key).mapValues { rows in
      rows.sorted { $0.effectiveFrom < $1.effectiveFrom }
    }
    for row in rows where isKept(row) {
      manualModels.insert(row.key.priceModel)
      if row.effectiveTo == nil { untouched.insert(row.key.ofAnyUse) }
    }
    if !scope.replacesLater { findNextChanges(entries, imports) }
  }

  /// In their order.
  var keys: [PriceKey] { standing.keys.sorted() }

  /// A price by hand without an end keeps the whole model as it is: in its region, or in every one
  /// where it names none.
  func isUntouched(_ key: PriceKey) -> Bool { untouched.contains(key.ofAnyUse) || isHeld(key) }

  /// Whether it is a price by hand for every call that keeps the region of `key` as it is.
  func isHeld(_ key: PriceKey) -> Bool {
    !key.region.isEmpty && !untouched.contains(key.ofAnyUse)
      && untouched.contains(PriceKey(key.priceModel))
  }

  /// Models, by region, with a price that no hand has entered.
  var listed: Set<PriceKey> {
    var found: Set<PriceKey> = []
    for (key, rows) in standing where rows.contains(where: { !isKept($0) }) {
      found.insert(key.ofAnyUse)
    }
    return found
  }

  /// Where what is known of a model ends the list's reach; nil: nowhere, or behind the scope's own
  /// end.
  func nextChange(of model: PriceModel) -> Timestamp? {
    guard let next = nextChanges[model] else { return nil }
    return scope.to.map { next < $0 } ?? true ? next : nil
  }

  /// What no kept price has taken, up to the next known change. No row that is not kept lies in two
  /// of them, for rows of a key do not overlap: so each can be changed for itself.
  func gaps(of key: PriceKey) -> [Gap] {
    let end = earlier(scope.to, nextChanges[key.priceModel])
    var gaps: [Gap] = []
    var from = scope.from
    var rows: [PriceEntry] = []
    for row in standing[key] ?? [] where end.map({ row.effectiveFrom < $0 }) ?? true {
      guard isKept(row) else {
        rows.append(row)
        continue
      }
      if from < row.effectiveFrom {
        gaps.append(Gap(from: from, to: row.effectiveFrom, rows: rows))
      }
      rows = []
      guard let next = row.effectiveTo else { return gaps }
      from = next
    }
    if end.map({ from < $0 }) ?? true { gaps.append(Gap(from: from, to: end, rows: rows)) }
    return gaps
  }

  /// Of a model as a whole: a list that knows no batch price says so of batches too.
  private mutating func findNextChanges(_ entries: [PriceEntry], _ imports: [PriceImportRecord]) {
    for (model, entries) in Dictionary(grouping: entries, by: \.key.priceModel) {
      let dates = PriceImportRecord.dates(imports, of: model).filter { $0.key > scope.from }
      for rows in Dictionary(grouping: entries, by: \.key).values {
        let timeline = PriceTimeline(rows) { manualVersions.contains($0.originVersion) }
        let confirmed = dates.filter { timeline.passes($0.key, knownTo: $0.value) }.keys.min()
        nextChanges[model] = earlier(
          nextChanges[model], earlier(timeline.nextChange(after: scope.from), confirmed))
      }
    }
  }

  private func isKept(_ row: PriceEntry) -> Bool {
    manualVersions.contains(row.originVersion) && !replaced.contains(row.key.priceModel)
  }
}
