// SPDX-License-Identifier: Apache-2.0

/// What the cost of a record is computed from when the producer sends none, and where the result
/// goes.
package struct PricedColumns: Sendable {
  package let provider: String
  package let region: String
  package let responseModel: String
  package let requestModel: String
  package let serviceTier: String
  /// Without both of these there is no usage to price: a failed call says nothing about it.
  package let inputTokens: String
  package let outputTokens: String
  package let cacheReadInputTokens: String
  package let cacheCreationInputTokens: String
  package let cacheCreation1hInputTokens: String
  package let reasoningOutputTokens: String
  package let audioInputTokens: String
  package let audioOutputTokens: String
  /// A record that has it keeps it.
  package let cost: String
  package let currency: String
  /// Set to the text when the cost was computed.
  package let source: (column: String, computed: String)
  /// Set to the number of the catalogue entry.
  package let version: String
}
