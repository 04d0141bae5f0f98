// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// A legal hold that somebody wants to place. Without tenant, table, from or to it is not limited
/// by it.
package struct HoldRequest: Sendable, Equatable {
  package let tenant: String?
  /// A partitioned table.
  package let table: String?
  /// Rows from this time on.
  package let from: Timestamp?
  /// Rows before this time.
  package let to: Timestamp?
  /// Why, in words.
  package let reason: String
  /// Reference of the case.
  package let matter: String?

  package init(
    tenant: String?, table: String?, from: Timestamp?, to: Timestamp?, reason: String,
    matter: String?
  ) {
    self.tenant = tenant
    self.table = table
    self.from = from
    self.to = to
    self.reason = reason
    self.matter = matter
  }

  package var scope: HoldScope { HoldScope(tenant: tenant, table: table, from: from, to: to) }
}
