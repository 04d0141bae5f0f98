// SPDX-License-Identifier: Apache-2.0

/// Who pays the providers, for FOCUS.
package struct BillingAccount: Sendable, Equatable {
  package static let idDefault = "default"

  package var id: String
  package var name: String?
  /// Who issues the invoice; nil: the provider itself.
  package var invoiceIssuer: String?

  package init(id: String = Self.idDefault, name: String? = nil, invoiceIssuer: String? = nil) {
    self.id = id
    self.name = name
    self.invoiceIssuer = invoiceIssuer
  }
}
