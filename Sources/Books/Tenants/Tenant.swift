// SPDX-License-Identifier: Apache-2.0

/// What finance knows of a tenant: a row of `tenants`, and its zones. Times are RFC 3339, UTC.
package struct Tenant: Sendable {
  package var id: String
  package var displayName: String?
  /// Of its billing days from the first open month on.
  package var timeZone: String
  package var payer: String?
  package var currency: String?
  package var updatedAt: String
  package var updatedBy: String
  /// The latest first; empty for a tenant that has always billed by UTC days.
  package var zones: [Zone]

  /// A row of `tenant_time_zones`.
  package struct Zone: Sendable {
    /// `YYYY-MM`; nil when no month was closed before.
    package var firstMonth: String?
    package var timeZone: String
    package var setAt: String
    package var setBy: String
  }
}
