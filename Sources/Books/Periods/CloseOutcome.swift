// SPDX-License-Identifier: Apache-2.0

/// What closing a month did, or would have done.
package struct CloseOutcome: Sendable, Equatable {
  package let statement: Statement
  /// The month's own records without a cost, but for those that do not tell their tokens: failed
  /// calls that nobody can price.
  package let unpricedRecords: Int64
  /// False for a dry run, and when records without a cost stood in the way.
  package let isClosed: Bool
}
