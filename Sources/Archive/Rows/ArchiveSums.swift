// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// Rows and money of an archived table, exact.
package struct ArchiveSums: Sendable, Equatable {
  /// The columns that rows are summed up by and the one that is summed, in every table that has
  /// them.
  package static let tenantColumn = "tenant_id"
  package static let currencyColumn = "currency"
  package static let moneyColumn = "cost"

  package struct Total: Sendable, Equatable {
    /// Nil for rows without one.
    package var currency: String?
    package var rows: Int64
    /// The sum of the amounts that are not null; nil in a table without a money column.
    package var cost: Amount?

    package init(currency: String?, rows: Int64, cost: Amount?) {
      self.currency = currency
      self.rows = rows
      self.cost = cost
    }
  }

  package struct Group: Sendable, Equatable {
    package var tenant: String
    package var total: Total

    package init(tenant: String, total: Total) {
      self.tenant = tenant
      self.total = total
    }
  }

  /// One a currency, in the order of their bytes, that of rows without a currency first.
  package var totals: [Total]
  /// One a tenant and currency, in that order; nil in a table without tenants, and when there are
  /// more than `ArchiveLimits.groupsMax`.
  package var groups: [Group]?

  package init(totals: [Total], groups: [Group]?) {
    self.totals = totals
    self.groups = groups
  }
}
