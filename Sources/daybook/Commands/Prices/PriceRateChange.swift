// SPDX-License-Identifier: Apache-2.0
import PriceCatalog
import Pricing

/// How one rate changes, in words.
enum PriceRateChange {
  /// `input 3 → 2.5 (-16.67 %)` for each rate that differs, per million tokens.
  static func all(_ changed: PriceInterval, _ before: PriceEntry) -> [String] {
    var lines = PriceRates.columns.compactMap { column -> String? in
      let old = before.rates[keyPath: column.rate]
      let new = changed.rates?[keyPath: column.rate]
      guard old != new else { return nil }
      let words = [old, new].map { $0.map(PriceReport.perMillion) ?? "none" }
      return "\(PriceReport.label(column.name)) \(words[0]) → \(words[1])\(percent(old, new))"
    }
    if before.currency != changed.currency {
      lines.append("currency \(before.currency) → \(changed.currency)")
    }
    return lines
  }

  /// ` (-16.67 %)`, or nothing where there is no share.
  static func percent(_ old: UnitPrice?, _ new: UnitPrice?) -> String {
    guard let old, let new, old > .zero else { return "" }
    return " (\(percent(new.units - old.units, of: old.units)) %)"
  }

  /// `part` of `whole` in percent, with a sign and two decimals, cut; for numbers below 10³³.
  static func percent(_ part: Int128, of whole: Int128) -> String {
    guard whole != 0 else { return part == 0 ? "+0.00" : "∞" }
    let hundredths = part * 10_000 / whole
    let magnitude = hundredths.magnitude
    let fraction = String(magnitude % 100)
    return (hundredths < 0 ? "-" : "+") + String(magnitude / 100) + "."
      + (fraction.count < 2 ? "0" : "") + fraction
  }
}
