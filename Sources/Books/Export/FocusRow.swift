// SPDX-License-Identifier: Apache-2.0
import CopyFormat

struct FocusRow {
  let line: ExportLine
  let charge: FocusCharge
  let service: FocusService
  let account: BillingAccount
  /// Of the tenant's line in the statement of the billing month; nil while that is open.
  let statementID: String?
  /// Counts of calls stand on one row of each line, so that they can be added up.
  let isFirst: Bool

  var isUsage: Bool { charge.meter != nil }
  var category: String { isUsage ? "Usage" : "Adjustment" }
  var frequency: String { isUsage ? "Usage-Based" : "One-Time" }
  /// A statement of ours stands for an invoice only when somebody issues it.
  var invoiceID: String? { account.invoiceIssuer == nil ? nil : statementID }
  /// A reader that guesses types takes it for a decimal, as FOCUS has it.
  var quantity: String? { charge.quantity.map { "\($0).0" } }
  var unit: String? { charge.quantity == nil ? nil : charge.meter?.unit }
  var skuID: String? { charge.meter.map { "\(line.provider)/\(line.model)/\($0.id)" } }

  /// The same whatever it costs; nil for a correction that no price explains.
  var skuPriceID: String? {
    guard charge.priceID != nil || !line.isCorrection else { return nil }
    return skuID.map { "\($0)/\(line.serviceTier)" }
  }

  /// A rounding is charged for the whole month.
  var chargeStart: String { line.isRounding ? line.billingStart : line.chargeStart }
  var chargeEnd: String { line.isRounding ? line.billingEnd : line.chargeEnd }

  var description: String {
    guard !line.isRounding else { return "rounding of statement \(statementID ?? "")" }
    guard let meter = charge.meter else {
      return "\(line.provider) \(line.model), difference of prices without calls of its own"
    }
    return "\(line.provider) \(line.model) \(meter.rawValue.lowercased())"
      + (line.isCorrection ? ", correction: \(line.reason)" : "")
  }
}
