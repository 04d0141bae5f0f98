// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import PriceCatalog
import Pricing

/// Prices as people and programs read them: exact decimals, never floats; per million tokens for
/// people, per token in JSON.
enum PriceReport {
  static let unit = "per million tokens"

  static func name(_ key: PriceKey) -> String {
    var text = "\(key.provider)/\(key.model)"
    if !key.region.isEmpty { text += " in \(region(key.region))" }
    if key.serviceTier != PriceBook.standardTier { text += " \(key.serviceTier)" }
    if key.minInputTokens > 0 { text += " above \(key.minInputTokens) input tokens" }
    return text
  }

  private static func region(_ name: String) -> String {
    name == PriceRegion.named ? "any region" : name
  }

  /// `input 3, output 15`, per million tokens.
  static func text(_ rates: PriceRates) -> String {
    PriceRates.columns.compactMap { column in
      rates[keyPath: column.rate].map { price in
        "\(label(column.name)) \(perMillion(price))"
          + (rates.derived.contains(column.bit) ? " (derived)" : "")
      }
    }.joined(separator: ", ")
  }

  /// The price of a million tokens, exact: `3` for `0.000003`.
  static func perMillion(_ price: UnitPrice) -> String {
    let scale = UnitPrice.scale - 6
    var digits = String(price.units)
    digits = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
    let fraction = digits.suffix(scale).reversed().drop { $0 == "0" }.reversed()
    let integer = String(digits.dropLast(scale))
    return fraction.isEmpty ? integer : integer + "." + String(fraction)
  }

  /// The rates that were derived, as a table names them; nil for none.
  static func derived(_ rates: PriceRates) -> String? {
    rates.derived.isEmpty ? nil : rates.derivedColumns.map(label).joined(separator: ", ")
  }

  /// `cache_read_input_price` as `cache_read_input`.
  static func label(_ column: String) -> String { String(column.dropLast("_price".count)) }

  static func json(_ key: PriceKey, _ rates: PriceRates?) -> JSONValue {
    .object(keyMembers(key) + rateMembers(rates))
  }

  static func json(_ entry: PriceEntry) -> JSONValue {
    .object(
      [member("price_id", .integer(entry.priceID))] + keyMembers(entry.key)
        + [member("currency", .string(entry.currency.description))] + rateMembers(entry.rates)
        + [
          member("effective_from", .string(PriceEntry.instantText(entry.effectiveFrom))),
          member("effective_to", .optional(entry.effectiveTo.map(PriceEntry.instantText))),
          member("version", .integer(entry.version)),
        ])
  }

  static func member(_ name: String, _ value: JSONValue) -> JSONValue.Member {
    JSONValue.Member(name: name, value: value)
  }

  static func keyMembers(_ key: PriceKey) -> [JSONValue.Member] {
    [
      member("provider", .string(key.provider)), member("model", .string(key.model)),
      member("region", .string(key.region)), member("service_tier", .string(key.serviceTier)),
      member("min_input_tokens", .integer(key.minInputTokens)),
    ]
  }

  static func rateMembers(_ rates: PriceRates?) -> [JSONValue.Member] {
    PriceRates.columns.map { column in
      member(column.name, .optional(rates?[keyPath: column.rate]?.description))
    } + [member("derived_rates", .array((rates?.derivedColumns ?? []).map { .string($0) }))]
  }
}
