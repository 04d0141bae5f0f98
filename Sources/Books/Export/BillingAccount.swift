// SPDX-License-Identifier: Apache-2.0

/// Who pays the providers, for FOCUS.
package struct BillingAccount: Sendable, Equatable {
  package static let idDefault = "default"

  package var id: String
  package var name: String?
  /// Who issues the invoice; nil: the provider itself.
  package var invoiceIssuer: String?

  /// Zone of months that an account without a suffix bills.
  private static let plainZone = "UTC"

  /// The part of the account whose months are those of `zone`: one account has one billing period a
  /// month.
  func inZone(_ zone: String) -> BillingAccount {
    guard zone != Self.plainZone else { return self }
    return BillingAccount(
      id: "\(id)/\(zone)", name: name.map { "\($0) (\(zone))" }, invoiceIssuer: invoiceIssuer)
  }

  package init(id: String = Self.idDefault, name: String? = nil, invoiceIssuer: String? = nil) {
    self.id = id
    self.name = name
    self.invoiceIssuer = invoiceIssuer
  }
}
