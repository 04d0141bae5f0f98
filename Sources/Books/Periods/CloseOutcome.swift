// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// What closing a month did, or would have done.
package struct CloseOutcome: Sendable, Equatable {
  /// Records of the month whose cost is a correction of another one.
  package struct PricedElsewhere: Sendable, Equatable {
    package let billingMonth: Month
    package let records: Int64
  }

  /// Records of a closed month that came late and are billed here, without a cost.
  package struct LateUnpriced: Sendable, Equatable {
    package let chargeMonth: Month
    package let records: Int64
  }

  package let statement: Statement
  /// The month's records that have no cost now, wherever it would be billed, and `lateUnpriced`,
  /// but for those that do not tell their tokens: failed calls that nobody can price.
  package let unpricedRecords: Int64
  package let lateUnpriced: [LateUnpriced]
  package let pricedElsewhere: [PricedElsewhere]
  /// Where what it bills is not what its records make.
  package let problems: [String]
  /// False for a dry run, and when records without a cost or problems stood in the way.
  package let isClosed: Bool
}
