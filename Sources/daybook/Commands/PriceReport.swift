// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import PriceCatalog
import Pricing

/// Prices as people and programs read them; prices are exact decimals per token, never floats.
enum PriceReport {
  static func name(_ key: PriceKey) -> String {
    var text = "\(key.provider)/\(key.model)"
    if key.serviceTier != PriceBook.standardTier { text += " \(key.serviceTier)" }
    if key.minInputTokens > 0 { text += " above \(key.minInputTokens) input tokens" }
    return text
  }

  /// `input 0.000003, output 0.000015`.
  static func text(_ rates: PriceRates) -> String {
    PriceRates.columns.compactMap { column in
      rates[keyPath: column.rate].map { "\(label(column.name)) \($0)" }
    }.joined(separator: ", ")
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
          member("effective_from", .string(instant(entry.effectiveFrom))),
          member("effective_to", .optional(entry.effectiveTo.map(instant))),
          member("version", .integer(entry.version)),
        ])
  }

  static func member(_ name: String, _ value: JSONValue) -> JSONValue.Member {
    JSONValue.Member(name: name, value: value)
  }

  static func keyMembers(_ key: PriceKey) -> [JSONValue.Member] {
    [
      member("provider", .string(key.provider)), member("model", .string(key.model)),
      member("service_tier", .string(key.serviceTier)),
      member("min_input_tokens", .integer(key.minInputTokens)),
    ]
  }

  static func rateMembers(_ rates: PriceRates?) -> [JSONValue.Member] {
    PriceRates.columns.map { column in
      member(column.name, .optional(rates?[keyPath: column.rate]?.description))
    }
  }

  /// PostgreSQL's infinite instants have no date.
  static func instant(_ time: Timestamp) -> String {
    switch time.microseconds {
    case .min: "-infinity"
    case .max: "infinity"
    default: time.description
    }
  }
}
