// SPDX-License-Identifier: Apache-2.0
package import Pricing
import Text

/// One alias of a change; without a target it is taken away.
package struct PriceAliasChange: Sendable, Hashable {
  private let provider: String
  private let pattern: String
  private let targetProvider: String
  private let targetModel: String?

  package init(set alias: PriceAlias) {
    provider = alias.provider
    pattern = alias.pattern
    targetProvider = alias.targetProvider
    targetModel = alias.targetModel
  }

  package init(removePattern pattern: String, provider: String) {
    self.provider = provider
    self.pattern = pattern
    targetProvider = ""
    targetModel = nil
  }

  /// As `daybook_change_prices` takes it.
  var json: String {
    "{\"provider\":\(JSONText.string(provider)),\"pattern\":\(JSONText.string(pattern)),"
      + "\"target_provider\":\(JSONText.string(targetProvider)),"
      + "\"target_model\":\(targetModel.map(JSONText.string) ?? "null")}"
  }
}
