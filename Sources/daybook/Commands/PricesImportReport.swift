// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import PriceCatalog
import Pricing

/// What an import changes, and what of the file it does not take.
struct PricesImportReport {
  /// Lines of one kind; the rest is counted, and in the JSON.
  private static let linesMax = 40
  /// Keys named in one sentence.
  private static let namesMax = 5

  let list: LiteLLMPriceList
  let difference: PriceDifference
  let effectiveFrom: Timestamp
  let versionBefore, versionAfter: Int64
  let isDryRun, endsMissing: Bool

  /// What is wrong with the file, in one sentence.
  static func problems(_ list: LiteLLMPriceList) -> String {
    let named = list.problems.prefix(namesMax).map { "\($0.key) (\($0.field))" }
    let more = list.problems.count - named.count
    return "\(list.problems.count) prices of the file cannot be stored: "
      + named.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
      + "; their models keep what they have: correct the file, or use daybook prices set"
  }

  var text: String {
    var lines: [String] = []
    section(
      &lines, "new", difference.new.map { "+ \(name($0.key))  \(rates($0.rates))\(range($0))" })
    section(
      &lines, "changed",
      difference.changed.map {
        "~ \(name($0.new.key))  " + PriceRateChange.all($0).joined(separator: ", ") + range($0.new)
      })
    section(&lines, "ended", difference.ended.map { "- \(name($0.key))  \(rates($0.rates))" })
    section(
      &lines, endsMissing ? "missing from the file, ended" : "missing from the file, kept",
      difference.missing.map { "\(endsMissing ? "-" : " ") \(name($0.key))" })
    section(
      &lines, "entered by hand, kept",
      difference.keptManual.map { "  \($0.provider)/\($0.model)" })
    section(
      &lines, "in the file twice with different prices",
      list.conflicts.map {
        "  \($0.provider)/\($0.model): \($0.keptKey) is taken, \($0.droppedKey) is not"
      })
    section(
      &lines, "not taken, their prices cannot be stored",
      list.problems.map { "! \($0.key): \($0.field) is \($0.reason)" })
    section(
      &lines, "not taken, priced only by something else than tokens",
      list.pricedOtherwise.map { "  \($0)" })
    section(
      &lines, "pricing that is not supported, and in how many entries",
      unsupported.map { "  \($0.count)  \($0.field)" })
    return (lines + [summary, outcome]).joined(separator: "\n") + "\n"
  }

  private var summary: String {
    """
    file: \(list.entryCount) entries, \(list.modelCount) models with \(list.prices.count) prices; \
    \(list.withoutTokenPrice) entries without a price for tokens, \(list.pricedOtherwise.count) priced \
    only otherwise; \(list.ignoredValues) values of other fields ignored
    catalogue from \(effectiveFrom) on: \(difference.new.count) new, \
    \(difference.changed.count) changed, \(difference.unchangedCount) unchanged, \
    \(difference.ended.count + (endsMissing ? difference.missing.count : 0)) ended
    """
  }

  private var outcome: String {
    if isDryRun { return "nothing was changed: the catalogue is at version \(versionBefore)" }
    if versionAfter == versionBefore {
      return "the catalogue says the same already: it stays at version \(versionBefore)"
    }
    return "the catalogue is at version \(versionAfter)"
  }

  var json: JSONValue {
    .object([
      "dry_run": .boolean(isDryRun), "version_before": .integer(versionBefore),
      "version": .integer(versionAfter), "sha256": .string(list.sha256),
      "effective_from": .string(effectiveFrom.description),
      "new": .array(difference.new.map(json)),
      "changed": .array(
        difference.changed.map {
          .object([
            "price": json($0.new),
            "old": PriceReport.json($0.old.key, $0.old.rates),
            "old_price_id": .integer($0.old.priceID),
          ])
        }),
      "unchanged": .integer(difference.unchangedCount),
      "ended": .array(difference.ended.map { PriceReport.json($0.key, $0.rates) }),
      "missing": .array(difference.missing.map { PriceReport.json($0.key, $0.rates) }),
      "missing_ended": .boolean(endsMissing),
      "kept_manual": .array(
        difference.keptManual.map {
          .object(["provider": .string($0.provider), "model": .string($0.model)])
        }),
      "conflicts": .array(
        list.conflicts.map {
          .object([
            "provider": .string($0.provider), "model": .string($0.model),
            "kept_key": .string($0.keptKey), "dropped_key": .string($0.droppedKey),
          ])
        }),
      "problems": .array(
        list.problems.map {
          .object([
            "key": .string($0.key), "field": .string($0.field), "reason": .string($0.reason),
          ])
        }),
      "unsupported": .array(
        unsupported.map {
          .object(["field": .string($0.field), "entries": .integer($0.count)])
        }),
      "entries": .integer(list.entryCount), "models": .integer(list.modelCount),
      "prices": .integer(list.prices.count),
      "without_token_price": .integer(list.withoutTokenPrice),
      "priced_otherwise": .array(list.pricedOtherwise.map { .string($0) }),
      "ignored_values": .integer(list.ignoredValues),
    ])
  }

  private var unsupported: [(field: String, count: Int)] {
    list.unsupported.map { (field: $0.key, count: $0.value) }
      .sorted { ($1.count, $0.field) < ($0.count, $1.field) }
  }

  private func section(_ lines: inout [String], _ title: String, _ found: [String]) {
    guard !found.isEmpty else { return }
    lines.append("\(title): \(found.count)")
    lines += found.prefix(Self.linesMax)
    if found.count > Self.linesMax {
      lines.append("  … and \(found.count - Self.linesMax) more (--json has all)")
    }
  }

  /// Where a price by hand leaves it less than everything from `effectiveFrom` on.
  private func range(_ change: PriceChange) -> String {
    guard change.effectiveFrom != effectiveFrom || change.effectiveTo != nil else { return "" }
    let to = change.effectiveTo.map { " to \($0)" } ?? " on"
    return ", from \(change.effectiveFrom)\(to)"
  }

  private func json(_ change: PriceChange) -> JSONValue {
    .object(
      PriceReport.keyMembers(change.key) + PriceReport.rateMembers(change.rates) + [
        PriceReport.member("effective_from", .string(change.effectiveFrom.description)),
        PriceReport.member("effective_to", .optional(change.effectiveTo?.description)),
      ])
  }

  private func name(_ key: PriceKey) -> String { PriceReport.name(key) }

  private func rates(_ rates: PriceRates?) -> String {
    rates.map { PriceReport.text($0) } ?? ""
  }
}
