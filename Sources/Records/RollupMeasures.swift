// SPDX-License-Identifier: Apache-2.0

/// What one record adds to `costs_daily` and `costs_monthly`.
package struct RollupMeasures: BitwiseCopyable, Hashable, Sendable {
  package var records: Int64 = 0
  package var failedRecords: Int64 = 0
  /// Without a cost; failed ones too, because a failed call may have been billed.
  package var unpricedRecords: Int64 = 0
  package var inputTokens: Int64 = 0
  package var outputTokens: Int64 = 0
  package var cacheReadInputTokens: Int64 = 0
  package var cacheCreationInputTokens: Int64 = 0
  package var reasoningOutputTokens: Int64 = 0
  package var estimatedRecords: Int64 = 0
  /// In 10⁻¹² of the currency's major unit.
  package var cost: Int128 = 0
  /// The part of it that rests on estimated usage.
  package var estimatedCost: Int128 = 0

  package init() {}
}
