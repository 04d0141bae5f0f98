// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// What a reconciliation compares, and where it reads.
package struct ReconcileScope: Sendable, Equatable {
  package enum Source: String, Sendable {
    case primary, replica
  }

  /// Nil for all months.
  package let month: Month?
  /// Nil for all tenants.
  package let tenant: String?
  package let source: Source

  package init(month: Month?, tenant: String?, source: Source) {
    self.month = month
    self.tenant = tenant
    self.source = source
  }

  var parameters: [String?] { [month.map { "\($0)-01" }, tenant, source.rawValue] }
}
