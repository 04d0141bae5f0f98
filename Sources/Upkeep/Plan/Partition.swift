// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// One attached partition, as the catalogue shows it.
package struct Partition: Sendable, Equatable {
  package let name: String
  /// `pg_class.oid`.
  package let oid: UInt32
  /// First moment, UTC; nil for MINVALUE.
  package let lower: Timestamp?
  /// First moment after it, UTC; nil for MAXVALUE.
  package let upper: Timestamp?
  /// A `DETACH … CONCURRENTLY` was interrupted: it has to be finalized.
  package var isDetachPending = false
  /// Active legal holds whose table and time include some of it.
  package var holds: [PartitionHold] = []
  /// Rows under an active legal hold are in it; looked up for expired partitions only. Also true
  /// when there are holds and the role that looks may not read the rows.
  package var hasHeldRows = false
  package var indexes: [PartitionIndex] = []
  /// When it was frozen last, from the journal.
  package var frozenAt: Timestamp?
  /// Rows that came since the last VACUUM (`pg_stat_all_tables.n_ins_since_vacuum`).
  package var insertsSinceVacuum: Int64 = 0
  /// The planner's estimate; nil before the first VACUUM or ANALYZE.
  package var rowsEstimate: Int64?
  package var bytes: Int64 = 0

  package init(name: String, oid: UInt32, lower: Timestamp?, upper: Timestamp?) {
    self.name = name
    self.oid = oid
    self.lower = lower
    self.upper = upper
  }

  /// True when it ended `retentionMonths` before the current month of UTC began; only what has two
  /// bounds expires, and never the current month, whatever the policy says.
  package func isExpired(by policy: PartitionPolicy, at now: Timestamp) -> Bool {
    guard let upper, lower != nil else { return false }
    return upper <= now.month.advanced(by: -max(0, policy.retentionMonths)).start
  }

  /// The month that it holds, if its bounds are those of one calendar month in UTC.
  package var month: Month? {
    guard let lower, let upper, lower.month.start == lower, lower.month.next.start == upper else {
      return nil
    }
    return lower.month
  }
}
