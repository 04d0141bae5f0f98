// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Text

struct FocusColumn: Sendable {
  let name: String
  /// Guarded in CSV; numbers are not.
  let isText: Bool
  let value: @Sendable (FocusRow) -> String?

  private init(
    _ name: String, isText: Bool = true, _ value: @escaping @Sendable (FocusRow) -> String?
  ) {
    self.name = name
    self.isText = isText
    self.value = value
  }

  private static func number(
    _ name: String, _ value: @escaping @Sendable (FocusRow) -> String?
  ) -> FocusColumn {
    FocusColumn(name, isText: false, value)
  }

  /// Every mandatory column, the conditional and recommended ones that apply, then our own.
  static func all(_ version: FocusVersion) -> [FocusColumn] {
    (costs + names(version) + usage).sorted { $0.name < $1.name } + own
  }

  private static let costs: [FocusColumn] = [
    number("BilledCost") { $0.charge.billedCost.description },
    number("ContractedCost") { $0.charge.contracted.cost },
    number("ContractedUnitPrice") { $0.charge.contracted.unitPrice },
    number("EffectiveCost") { $0.charge.billedCost.description },
    number("ListCost") { $0.charge.listed.cost },
    number("ListUnitPrice") { $0.charge.listed.unitPrice },
    FocusColumn("BillingAccountId") { $0.account.id },
    FocusColumn("BillingAccountName") { $0.account.name },
    FocusColumn("BillingCurrency") { $0.line.currency },
    FocusColumn("BillingPeriodStart") { $0.line.billingStart },
    FocusColumn("BillingPeriodEnd") { $0.line.billingEnd },
    FocusColumn("ChargePeriodStart") { $0.chargeStart },
    FocusColumn("ChargePeriodEnd") { $0.chargeEnd },
    FocusColumn("ChargeCategory") { $0.category },
    FocusColumn("ChargeClass") { $0.line.isCorrection ? "Correction" : nil },
    FocusColumn("ChargeDescription") { $0.description },
    FocusColumn("ChargeFrequency") { $0.frequency },
    FocusColumn("InvoiceId") { $0.invoiceID },
  ]

  /// 1.3 renamed who provides and who publishes a service, and 1.4 has the new names only.
  private static func names(_ version: FocusVersion) -> [FocusColumn] {
    let issuer = FocusColumn("InvoiceIssuerName") {
      $0.account.invoiceIssuer ?? $0.service.provider
    }
    switch version {
    case .v1_2:
      return [
        issuer, FocusColumn("ProviderName") { $0.service.provider },
        FocusColumn("PublisherName") { $0.service.provider },
      ]
    case .v1_4:
      return [
        issuer, FocusColumn("ServiceProviderName") { $0.service.provider },
        FocusColumn("HostProviderName") { $0.service.host },
      ]
    }
  }

  private static let usage: [FocusColumn] = [
    number("ConsumedQuantity") { $0.quantity },
    FocusColumn("ConsumedUnit") { $0.unit },
    FocusColumn("PricingCategory") { $0.isUsage ? "Standard" : nil },
    number("PricingQuantity") { $0.quantity },
    FocusColumn("PricingUnit") { $0.unit },
    FocusColumn("ServiceCategory") { _ in "AI and Machine Learning" },
    FocusColumn("ServiceName") { $0.service.name },
    FocusColumn("ServiceSubcategory") { _ in "Generative AI" },
    FocusColumn("SkuId") { $0.skuID },
    FocusColumn("SkuMeter") { $0.charge.meter?.rawValue },
    FocusColumn("SkuPriceId") { $0.skuPriceID },
    FocusColumn("SkuPriceDetails") { row in
      row.skuPriceID.map { _ in "{\"x_ServiceTier\":\(JSONText.string(row.line.serviceTier))}" }
    },
    FocusColumn("SubAccountId") { $0.line.tenant },
    FocusColumn("SubAccountName") { $0.line.tenantName ?? $0.line.tenant },
    FocusColumn("SubAccountType") { _ in "Tenant" },
    FocusColumn("Tags") { row in
      row.line.project.isEmpty ? nil : "{\"project_id\":\(JSONText.string(row.line.project))}"
    },
  ]

  private static let own: [FocusColumn] = [
    FocusColumn("x_BillingMonth") { String($0.line.billingMonth.prefix(7)) },
    FocusColumn("x_ChargeDate") { $0.line.periodStart },
    FocusColumn("x_CorrectionKind") { $0.line.isCorrection ? $0.line.kind : nil },
    number("x_EstimatedCost") { $0.isFirst ? $0.line.estimatedCost.description : "0" },
    number("x_EstimatedRequestCount") { $0.isFirst ? String($0.line.estimatedRecords) : "0" },
    number("x_FailedRequestCount") { $0.isFirst ? String($0.line.failedRecords) : "0" },
    FocusColumn("x_Model") { $0.line.model },
    FocusColumn("x_Payer") { $0.line.payer },
    number("x_PriceId") { $0.charge.priceID.map(String.init) },
    number("x_RepriceRunId") { $0.line.runID > 0 ? String($0.line.runID) : nil },
    number("x_RequestCount") { $0.isFirst ? String($0.line.records) : "0" },
    FocusColumn("x_ServiceTier") { $0.line.serviceTier },
    FocusColumn("x_StatementId") { $0.statementID },
    FocusColumn("x_TimeZone") { $0.line.timeZone },
  ]
}
