// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import Pricing
import Text

/// One entry of a change of the catalogue: takes the range of its key from `effectiveFrom` on.
package struct PriceChange: Sendable, Hashable {
  package var key: PriceKey
  package var currency: CurrencyCode
  /// Nil: no price is in force in the range.
  package var rates: PriceRates?
  package var effectiveFrom: Timestamp
  /// Nil: for good.
  package var effectiveTo: Timestamp?

  package init(
    _ key: PriceKey, currency: CurrencyCode, rates: PriceRates?, effectiveFrom: Timestamp,
    effectiveTo: Timestamp? = nil
  ) {
    self.key = key
    self.currency = currency
    self.rates = rates
    self.effectiveFrom = effectiveFrom
    self.effectiveTo = effectiveTo
  }

  /// As `daybook_change_prices` takes it.
  var json: String {
    var members = [
      "\"provider\":" + JSONText.string(key.provider),
      "\"model\":" + JSONText.string(key.model),
      "\"region\":" + JSONText.string(key.region),
      "\"service_tier\":" + JSONText.string(key.serviceTier),
      "\"min_input_tokens\":\(key.minInputTokens)",
      "\"currency\":\"\(currency)\"",
      "\"effective_from\":\"\(effectiveFrom)\"",
    ]
    if let effectiveTo { members.append("\"effective_to\":\"\(effectiveTo)\"") }
    guard let rates else { return "{" + (members + ["\"ends\":true"]).joined(separator: ",") + "}" }
    for column in PriceRates.columns {
      if let price = rates[keyPath: column.rate] { members.append("\"\(column.name)\":\(price)") }
    }
    let derived = rates.derivedColumns.map(JSONText.string).joined(separator: ",")
    members.append("\"derived_rates\":[\(derived)]")
    return "{" + members.joined(separator: ",") + "}"
  }
}
