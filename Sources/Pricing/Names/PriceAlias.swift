// SPDX-License-Identifier: Apache-2.0

/// One row of `price_aliases`: another name of a priced model.
package struct PriceAlias: Sendable, Hashable {
  /// Provider of the record; empty for any.
  package var provider: String
  /// Model of the record; `*` stands for any characters, also none.
  package var pattern: String
  /// Empty: the record's own.
  package var targetProvider: String
  package var targetModel: String

  package init(
    provider: String = "", pattern: String, targetProvider: String = "", targetModel: String
  ) {
    self.provider = provider
    self.pattern = pattern
    self.targetProvider = targetProvider
    self.targetModel = targetModel
  }
}
