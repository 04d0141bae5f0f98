// SPDX-License-Identifier: Apache-2.0

/// What closing a month did, or would have done.
package struct CloseOutcome: Sendable, Equatable {
  package let statement: Statement
  /// The month's own records without a cost, but for those that do not tell their tokens: failed
  /// calls that nobody can price.
  package let unpricedRecords: Int64
  /// Where what it bills is not what its records make.
  package let problems: [String]
  /// False for a dry run, and when records without a cost or problems stood in the way.
  package let isClosed: Bool
}
