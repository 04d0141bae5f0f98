// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing

/// What imports say of one key, as time goes by: prices by hand lie over it and hide nothing.
struct PriceTimeline {
  /// One price of one import.
  private struct Stretch {
    let from: Timestamp
    /// Nil: for good.
    var to: Timestamp?
    let row: PriceEntry
  }

  private var stretches: [Stretch] = []

  /// `rows` are those of the key that count; `isByHand` tells which ones no import has entered.
  init(_ rows: [PriceEntry], isByHand: (PriceEntry) -> Bool) {
    for row in rows.sorted(by: { $0.effectiveFrom < $1.effectiveFrom }) {
      let follows = stretches.last.map { $0.to == row.effectiveFrom } ?? false
      if isByHand(row) {
        if follows { stretches[stretches.count - 1].to = row.effectiveTo }
        continue
      }
      if follows, let last = stretches.last?.row, last.originVersion == row.originVersion,
        last.rates == row.rates, last.currency == row.currency
      {
        stretches[stretches.count - 1].to = row.effectiveTo
      } else {
        stretches.append(Stretch(from: row.effectiveFrom, to: row.effectiveTo, row: row))
      }
    }
  }

  /// The first instant behind `time` at which the price of an import begins or ends.
  func nextChange(after time: Timestamp) -> Timestamp? {
    for stretch in stretches {
      if time < stretch.from { return stretch.from }
      if stretch.to.map({ time < $0 }) ?? true { return stretch.to }
    }
    return nil
  }

  /// Whether a price that `version` knew holds on both sides of `time`.
  func passes(_ time: Timestamp, knownTo version: Int64) -> Bool {
    stretches.contains {
      $0.row.originVersion <= version && $0.from < time && ($0.to.map { time < $0 } ?? true)
    }
  }
}
