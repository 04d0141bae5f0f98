// SPDX-License-Identifier: Apache-2.0
import Books

/// The options of exports, explanations and repricing.
enum FinanceOptions {
  static let month = OptionDeclaration(
    "month", "YYYY-MM", kind: .month, sources: .flag, "the month, of the tenant's own billing days")
  static let toMonth = OptionDeclaration(
    "to-month", "YYYY-MM", kind: .month, sources: .flag,
    "the last of several months; the default is --month")
  static let tenant = OptionDeclaration(
    "tenant", "ID", kind: .text, sources: .flag, "only this tenant")
  static let model = OptionDeclaration(
    "model", "NAME", kind: .text, sources: .flag,
    "only this model: the one that answered, or else the one asked for")
  static let basis = OptionDeclaration(
    "basis", "billing|charge", kind: .choice(ExportRequest.Basis.allCases.map(\.rawValue)),
    sources: .flag,
    "months in which costs are billed, as in statements, or in which they were incurred")
  static let prices = OptionDeclaration(
    "prices", "sample|all", kind: .choice(PriceCheckExtent.allCases.map(\.rawValue)),
    default: PriceCheckExtent.sample.rawValue, sources: .flag,
    "which costs are computed again from tokens and catalogue")
  static let force = OptionDeclaration(
    "force", kind: .toggle, sources: .flag, "replace a finished export of the same name")
  static let billingAccountID = OptionDeclaration(
    "billing-account-id", "ID", kind: .text, default: BillingAccount.idDefault,
    "FOCUS: BillingAccountId, who pays; /ZONE follows where months are not those of UTC")
  static let billingAccountName = OptionDeclaration(
    "billing-account-name", "NAME", kind: .text, "FOCUS: BillingAccountName; none by default")
  static let invoiceIssuer = OptionDeclaration(
    "invoice-issuer", "NAME", kind: .text,
    "FOCUS: who issues statements as invoices; without one, no InvoiceId, and providers issue")
  static let account = [billingAccountID, billingAccountName, invoiceIssuer]

  static func priceExtent(_ settings: Settings) -> PriceCheckExtent {
    settings.text(prices).flatMap { PriceCheckExtent(rawValue: $0) } ?? .sample
  }
}
