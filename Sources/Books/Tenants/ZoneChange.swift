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

  /// The zone in force at the first open month. One that was reopened may still have the zone that
  /// it was closed with.
  package var zoneInForce: String
  /// Whether a later open month has another zone.
  package var hasLaterZones: Bool
  /// Whether there is a row in `tenants`, or any cost, of the tenant.
  package var isKnownTenant: Bool

  /// Whether open months would be made again for `timeZone`, as `daybook_set_tenant` decides it.
  package func isMove(to timeZone: String) -> Bool {
    zoneInForce != timeZone || hasLaterZones
  }

  package var records: Int64 { months.reduce(0) { $0 + $1.records } }
}
