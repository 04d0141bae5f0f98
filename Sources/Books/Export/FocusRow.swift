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
  let priceID: String?
  /// Statement of the billing month; nil while it is open.
  let invoiceID: String?
  /// Counts of calls stand on one row of each line, so that they can be added up.
  let isFirst: Bool

  var skuID: String { "\(line.provider)/\(line.model)/\(meter.id)" }
  /// A reader that guesses types takes it for a decimal, as FOCUS has it.
  var decimalQuantity: String? { quantity.map { "\($0).0" } }
  var unit: String? { quantity == nil ? nil : meter.unit }

  var description: String {
    let what = meter == .requests ? "requests" : meter.rawValue.lowercased()
    return "\(line.provider) \(line.model) \(what)"
      + (line.isCorrection ? ", correction: \(line.reason)" : "")
  }
}
