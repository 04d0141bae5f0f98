// SPDX-License-Identifier: Apache-2.0
package import Pricing
import Text

/// One spelling of a change; without a provider it is taken away.
package struct ProviderAliasChange: Sendable, Hashable {
  private let alias: String
  private let provider: String?

  package init(set alias: ProviderAlias) {
    self.alias = alias.alias
    provider = alias.provider
  }

  package init(remove alias: String) {
    self.alias = alias
    provider = nil
  }

  /// As `daybook_change_provider_aliases` takes it.
  var json: String {
    "{\"alias\":\(JSONText.string(alias)),"
      + "\"provider\":\(provider.map(JSONText.string) ?? "null")}"
  }
}
