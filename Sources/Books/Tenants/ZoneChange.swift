// SPDX-License-Identifier: Apache-2.0

/// What another time zone of a tenant would make again, and what is in its way.
package struct ZoneChange: Sendable {
  /// `YYYY-MM`: the new zone begins with it; nil when no month is closed.
  package var firstOpenMonth: String?
  /// Open months with records.
  package var months: [(month: String, records: Int64)]
  /// Partitions with records of open months that have left the table.
  package var retiredPartitions: Int64
  /// `YYYY-MM`: a month that was reopened and has corrections in a later one.
  package var reopenedMonth: String?

  package var records: Int64 { months.reduce(0) { $0 + $1.records } }
}
