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
  let scope: PriceDifference.Scope
  let versionBefore: Int64
  var versionAfter: Int64
  let isDryRun, endsMissing: Bool
  /// Of a dry run.
  var effects: PriceEffects?

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
        "~ \(name($0.key))  " + change($0).joined(separator: ", ") + range($0)
      })
    section(
      &lines, "ended",
      difference.ended.map { "- \(name($0.key))  \(rates($0.old?.rates))\(range($0))" })
    section(
      &lines, endsMissing ? "missing from the file, ended" : "missing from the file, kept",
      difference.missing.map {
        "\(endsMissing ? "-" : " ") \(name($0.key))" + (endsMissing ? range($0) : "")
      })
    section(
      &lines, "known to change later, kept from then on (--replace-later takes them)",
      difference.keptLater.map { "  \($0.model.provider)/\($0.model.model) from \($0.from)" })
    section(
      &lines, "entered by hand, kept",
      difference.keptManual.map { "  \($0.provider)/\($0.model)" })
    section(
      &lines, "regions of the list that a price by hand for every call keeps as they are",
      difference.heldRegions.map {
        "  \(name($0.key))"
          + ($0.hasListPrice
            ? ", at the price of an earlier import: enter that by hand again, daybook prices set"
            : "")
      })
    section(
      &lines,
      "not taken in any region, in the file with different prices: which one counts? see daybook"
        + " prices set",
      list.conflicts.map { "! \(name($0.key)): \($0.entries.joined(separator: ", "))" })
    section(
      &lines, "not taken, their prices cannot be stored",
      list.problems.map { "! \($0.key): \($0.field) is \($0.reason)" })
    section(
      &lines, "not taken, priced only by something else than tokens",
      list.pricedOtherwise.map { "  \($0)" })
    section(
      &lines,
      "without a price for output, whose tokens of images cost something else than the rest and"
        + " stand in no record; see daybook prices set",
      list.untoldOutput.map { "  \($0)" })
    section(
      &lines,
      "with the price of text for input tokens of images and video, which cost something else and"
        + " stand in no record; see daybook prices set",
      list.untoldInput.map { "  \($0)" })
    section(
      &lines,
      "with the standard price where the tier has none, for some kind of token or above a"
        + " threshold; see daybook prices set",
      list.untoldTiers.map { "  \($0.key): \($0.tiers.joined(separator: ", "))" })
    section(
      &lines, "pricing that is not supported, and in how many entries",
      unsupported.map { "  \($0.count)  \($0.field)" })
    lines += [summary] + (effects.map { [$0.totalText] } ?? []) + [outcome]
    return lines.joined(separator: "\n") + "\n"
  }

  private var summary: String {
    """
    file: \(list.entryCount) entries, \(list.modelCount) models with \(list.prices.count) prices; \
    \(list.withoutTokenPrice) entries without a price for tokens, \(list.pricedOtherwise.count) priced \
    only otherwise; \(list.ignoredValues) values of other fields ignored
    catalogue from \(scope.from) \(scope.to.map { "to \($0)" } ?? "on"), prices \(PriceReport.unit): \
    \(difference.new.count) new, \
    \(difference.changed.count) changed, \(difference.unchangedCount) unchanged, \
    \(difference.ended.count + (endsMissing ? difference.missing.count : 0)) ended
    """
  }

  private var outcome: String {
    if isDryRun { return "nothing was changed: the catalogue is at version \(versionBefore)" }
    if difference.changes(endsMissing: endsMissing).isEmpty {
      return "the catalogue says the same already, which is recorded as version \(versionAfter)"
    }
    return "the catalogue is at version \(versionAfter)"
  }

  var json: JSONValue {
    .object([
      "dry_run": .boolean(isDryRun), "version_before": .integer(versionBefore),
      "version": .integer(versionAfter), "sha256": .string(list.sha256),
      "effective_from": .string(scope.from.description),
      "effective_to": .optional(scope.to?.description),
      "new": .array(difference.new.map(json)),
      "changed": .array(
        difference.changed.map {
          .object([
            "price": json($0),
            "old": PriceReport.json($0.key, $0.old?.rates),
            "old_price_id": $0.old.map { .integer($0.priceID) } ?? .null,
          ])
        }),
      "unchanged": .integer(difference.unchangedCount),
      "ended": .array(difference.ended.map(json)),
      "missing": .array(difference.missing.map(json)),
      "missing_ended": .boolean(endsMissing),
      "kept_later": .array(
        difference.keptLater.map {
          .object([
            "provider": .string($0.model.provider), "model": .string($0.model.model),
            "from": .string($0.from.description),
          ])
        }),
      "effect": effects?.totalJSON ?? .null,
      "kept_manual": .array(
        difference.keptManual.map {
          .object(["provider": .string($0.provider), "model": .string($0.model)])
        }),
      "held_regions": .array(
        difference.heldRegions.map {
          .object([
            "provider": .string($0.key.provider), "model": .string($0.key.model),
            "region": .string($0.key.region), "has_list_price": .boolean($0.hasListPrice),
          ])
        }),
      "conflicts": .array(
        list.conflicts.map {
          .object([
            "provider": .string($0.key.provider), "model": .string($0.key.model),
            "region": .string($0.key.region), "entries": .array($0.entries.map { .string($0) }),
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
      "untold_output": .array(list.untoldOutput.map { .string($0) }),
      "untold_input": .array(list.untoldInput.map { .string($0) }),
      "untold_tiers": .array(
        list.untoldTiers.map {
          .object(["entry": .string($0.key), "tiers": .array($0.tiers.map { .string($0) })])
        }),
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

  /// Where it is not everything that was asked for, and in a dry run the calls in it.
  private func range(_ interval: PriceInterval) -> String {
    let calls = effects?.text(interval) ?? ""
    guard interval.from != scope.from || interval.to != nil else { return calls }
    let to = interval.to.map { " to \($0)" } ?? " on"
    return ", from \(interval.from)\(to)\(calls)"
  }

  private func json(_ interval: PriceInterval) -> JSONValue {
    .object(
      PriceReport.keyMembers(interval.key)
        + PriceReport.rateMembers(interval.rates ?? interval.old?.rates) + [
          PriceReport.member("effective_from", .string(interval.from.description)),
          PriceReport.member("effective_to", .optional(interval.to?.description)),
          PriceReport.member("effect", effects?.json(interval) ?? .null),
        ])
  }

  private func name(_ key: PriceKey) -> String { PriceReport.name(key) }

  private func change(_ interval: PriceInterval) -> [String] {
    interval.old.map { PriceRateChange.all(interval, $0) } ?? []
  }

  private func rates(_ rates: PriceRates?) -> String {
    rates.map { PriceReport.text($0) } ?? ""
  }
}
