// SPDX-License-Identifier: Apache-2.0

/// A sum of the rollups for one tenant, currency and choice of dimensions.
package struct CostRow: Sendable, Equatable {
  package let tenant: String
  /// Values of the query's dimensions, in its order.
  package let dimensions: [String]
  /// Nil for records that have no cost; amounts of different currencies are never added.
  package let currency: String?
  /// Exact decimal; nil where there is no cost.
  package let cost: String?
  /// What is billed in the month, corrections of closed months included; nil where there is no
  /// cost, and for days, which have no bill.
  package let billed: String?
  package let records: Int64
  package let failedRecords: Int64
  package let unpricedRecords: Int64
  package let inputTokens: Int64
  package let outputTokens: Int64
  package let cacheReadInputTokens: Int64
  package let cacheCreationInputTokens: Int64
  package let reasoningOutputTokens: Int64
  /// Records whose usage the source estimated; part of `records`.
  package let estimatedRecords: Int64
  /// The part of `cost` that rests on them; nil where there is no cost.
  package let estimatedCost: String?
}
