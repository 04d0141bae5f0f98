// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// What a run of reprice has done, or would do.
package struct RepriceReport: Sendable, Equatable {
  /// Money that moves: the sum of the lines of one tenant, currency and pair of months.
  package struct Move: Sendable, Hashable {
    package struct Key: Sendable, Hashable, Comparable {
      package var tenant: String
      /// `YYYY-MM`, where the cost comes from.
      package var chargeMonth: String
      /// `YYYY-MM`, where it is billed: another one for a correction of a closed month.
      package var billingMonth: String
      /// `XXX` where calls without a cost are counted off.
      package var currency: String

      package var isCorrection: Bool { chargeMonth != billingMonth }

      package static func < (left: Key, right: Key) -> Bool {
        (left.tenant, left.chargeMonth, left.billingMonth, left.currency)
          < (right.tenant, right.chargeMonth, right.billingMonth, right.currency)
      }
    }

    package var key: Key
    package var cost: Amount
    package var lines: Int64
  }

  /// Calls of a model that have no price now.
  package struct Unpriced: Sendable, Hashable {
    package struct Key: Sendable, Hashable, Comparable {
      package var provider: String
      package var model: String
      package var reason: String
      /// The call has a cost, computed with a price that is no longer in the catalogue.
      package var hasCost: Bool

      package static func < (left: Key, right: Key) -> Bool {
        (left.provider, left.model, left.reason, left.hasCost ? 1 : 0)
          < (right.provider, right.model, right.reason, right.hasCost ? 1 : 0)
      }
    }

    package var key: Key
    package var records: Int64
  }

  /// Calls whose price the database refuses: nothing was posted for them.
  package struct Refused: Sendable, Hashable {
    package struct Key: Sendable, Hashable, Comparable {
      package var provider: String
      package var model: String
      /// `price 7 is of another model`.
      package var reason: String

      package static func < (left: Key, right: Key) -> Bool {
        (left.provider, left.model, left.reason) < (right.provider, right.model, right.reason)
      }
    }

    package var key: Key
    package var records: Int64
    /// The first of them.
    package var invocationID: String
  }

  /// Nil for a dry run.
  package var runID: Int64?
  package var priceVersion: Int64
  package var rowsExamined: Int64 = 0
  package var rowsAdjusted: Int64 = 0
  package var moves: [Move] = []
  package var unpriced: [Unpriced] = []
  package var refused: [Refused] = []
  /// Months of the range whose records have left with their partitions, `YYYY-MM`.
  package var retiredMonths: [String] = []

  package init(priceVersion: Int64) {
    self.priceVersion = priceVersion
  }
}
