// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// One row of FOCUS: what one meter of a line cost.
struct FocusRow {
  let line: ExportLine
  let meter: FocusMeter
  let service: FocusService
  let account: BillingAccount
  let billedCost: Amount
  /// Exact; more digits than a cost has.
  let listCost: String
  /// Per unit; nil for a correction that no quantity explains.
  let listUnitPrice: String?
  /// Nil likewise.
  let quantity: Int64?
  /// Nil for a correction that no quantity explains.
  let skuPriceID: String?
  /// `model_prices.price_id`; nil when the cost is not divided by a price.
  let priceID: Int64?
  /// Statement of the billing month; nil while it is open.
  let statementID: String?
  /// Counts of calls stand on one row of each line, so that they can be added up.
  let isFirst: Bool

  var skuID: String { Self.skuID(line, meter) }
  /// A statement of ours stands for an invoice only when somebody issues it.
  var invoiceID: String? { account.invoiceIssuer == nil ? nil : statementID }
  /// A reader that guesses types takes it for a decimal, as FOCUS has it.
  var decimalQuantity: String? { quantity.map { "\($0).0" } }
  var unit: String? { quantity == nil ? nil : meter.unit }

  var description: String {
    let what = meter == .requests ? "requests" : meter.rawValue.lowercased()
    return "\(line.provider) \(line.model) \(what)"
      + (line.isCorrection ? ", correction: \(line.reason)" : "")
  }

  static func skuID(_ line: ExportLine, _ meter: FocusMeter) -> String {
    "\(line.provider)/\(line.model)/\(meter.id)"
  }
}
