// SPDX-License-Identifier: Apache-2.0

/// What closing a month did, or would have done.
package struct CloseOutcome: Sendable, Equatable {
  package let statement: Statement
  /// Records of the month, and of corrections billed in it, without a cost.
  package let unpricedRecords: Int64
  /// False for a dry run, and when records without a cost stood in the way.
  package let isClosed: Bool
}
