// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Pricing

/// What a change by hand that names no region does in the regions of its model. It is for every
/// call, and a region that has prices has all prices of its calls.
package struct RegionalChange: Sendable {
  /// The same change in each region whose prices are those of a list, or came with the price that
  /// is replaced: of all its time but that of prices which were entered by hand for the region.
  package let changes: [PriceChange]
  /// Keys that keep a price which was entered by hand for their region.
  package let kept: [PriceKey]

  /// Those of `changes`, and those of `kept`; a region may be in both.
  package var changedRegions: [String] { Set(changes.map(\.key.region)).sorted() }
  package var keptRegions: [String] { Set(kept.map(\.region)).sorted() }

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
      let own = rows.filter(isOwn)
      let replaceable = rows.filter { !isOwn($0) }
      if own.contains(where: { $0.key == key }) {
        kept.append(key)
      } else if replaceable.isEmpty, change.rates != nil {
        kept += Set(own.map(\.key)).sorted()
      }
      guard !replaceable.isEmpty else { continue }
      var regional = change
      regional.key = key
      changes += regional.pieces(around: own).filter { piece in
        piece.rates != nil || replaceable.contains { $0.key == key && $0.overlaps(piece) }
      }
    }
    (self.changes, self.kept) = (changes, kept)
  }
}

extension PriceChange {
  /// What the rows of its key among `rows`, all of which it overlaps, leave of its time.
  fileprivate func pieces(around rows: [PriceEntry]) -> [PriceChange] {
    var pieces: [PriceChange] = []
    var rest = self
    for row in rows.filter({ $0.key == key }).sorted(by: { $0.effectiveFrom < $1.effectiveFrom }) {
      if rest.effectiveFrom < row.effectiveFrom {
        var piece = rest
        piece.effectiveTo = row.effectiveFrom
        pieces.append(piece)
      }
      guard let end = row.effectiveTo else { return pieces }
      rest.effectiveFrom = end
    }
    if effectiveTo.map({ rest.effectiveFrom < $0 }) ?? true { pieces.append(rest) }
    return pieces
  }
}

extension PriceEntry {
  /// Whether the change takes something of the time of this row.
  package func overlaps(_ change: PriceChange) -> Bool {
    (effectiveTo.map { change.effectiveFrom < $0 } ?? true)
      && (change.effectiveTo.map { effectiveFrom < $0 } ?? true)
  }
}
