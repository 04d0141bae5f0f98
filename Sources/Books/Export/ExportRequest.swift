// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// What is exported, and how it is written.
package struct ExportRequest: Sendable, Equatable {
  /// Which month of a line decides whether it is exported.
  package enum Basis: String, Sendable, CaseIterable {
    /// The month in which the line is billed: what statements say.
    case billing
    /// The month in which the cost was incurred: what the calls cost.
    case charge
  }

  package enum Granularity: String, Sendable, CaseIterable {
    case day, month
  }

  package var format: ExportFormat
  package var first: Month
  package var last: Month
  package var granularity: Granularity
  /// Nil for all tenants.
  package var tenant: String?
  package var basis: Basis
  /// Text in CSV is not guarded against formulas.
  package var isRaw: Bool
  package var account: BillingAccount

  /// An invoice is a statement, and the amount due is rounded.
  var makesInvoices: Bool {
    guard case .focus = format else { return false }
    return account.invoiceIssuer != nil
  }

  package init(
    format: ExportFormat, first: Month, last: Month, granularity: Granularity = .day,
    tenant: String? = nil, basis: Basis = .billing, isRaw: Bool = false,
    account: BillingAccount = BillingAccount()
  ) {
    self.format = format
    self.first = first
    self.last = last
    self.granularity = granularity
    self.tenant = tenant
    self.basis = basis
    self.isRaw = isRaw
    self.account = account
  }
}
