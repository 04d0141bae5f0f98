// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing

/// Turns a line into rows of FOCUS, one for each meter with tokens.
///
/// The cost is the line's own, whoever computed it; the catalogue only says which share of it each
/// meter has, by the price in force when the period begins and without thresholds of the context.
struct FocusEncoder {
  let columns: [FocusColumn]
  private let account: BillingAccount
  private let book: PriceBook
  private let invoices: [String: String]

  init(
    _ version: FocusVersion, _ account: BillingAccount, book: PriceBook, invoices: [String: String]
  ) {
    columns = FocusColumn.all(version)
    self.account = account
    self.book = book
    self.invoices = invoices
  }

  /// At least one; their costs add up to the line's to the last digit.
  func rows(_ line: ExportLine) throws(ExportError) -> [FocusRow] {
    var rows = try meters(line) ?? []
    if rows.isEmpty { rows = [try whole(line)] }
    let sum = rows.reduce(Amount.zero) { Amount(units: $0.units + $1.billedCost.units) }
    guard sum == line.cost else {
      throw .refused(
        "the meters of \(line.provider) \(line.model) on \(line.periodStart) make \(sum), not"
          + " \(line.cost): this is a defect of Daybook", exitCode: 70)
    }
    return rows
  }

  /// Nil when the catalogue cannot divide the cost.
  private func meters(_ line: ExportLine) throws(ExportError) -> [FocusRow]? {
    guard let entry = try entry(line) else { return nil }
    let rates = entry.rates.resolved
    let used = FocusMeter.tokens.filter { $0.quantity(line) != 0 }
    var prices: [UnitPrice] = []
    var weights: [Int128] = []
    for meter in used {
      guard let price = meter.price(rates) else { return nil }
      let (weight, overflow) = price.units.multipliedReportingOverflow(
        by: Int128(meter.quantity(line)))
      guard !overflow else { return nil }
      prices.append(price)
      weights.append(weight)
    }
    guard !used.isEmpty, let shares = ProportionalShares.divide(line.cost.units, by: weights)
    else { return nil }
    return used.indices.map { index in
      row(
        line, used[index], cost: Amount(units: shares[index]),
        listCost: ExactDecimal.text(weights[index], scale: UnitPrice.scale),
        listUnitPrice: prices[index].description,
        priceID: "\(entry.priceID)/\(used[index].id)", isFirst: index == 0)
    }
  }

  private func entry(_ line: ExportLine) throws(ExportError) -> PriceEntry? {
    var text = line.chargeStart
    guard let time = text.withUTF8({ Timestamp(rfc3339: UnsafeRawBufferPointer($0)) }) else {
      throw .refused("\(line.chargeStart) is no time: this is a defect of Daybook", exitCode: 70)
    }
    let found = book.entry(
      provider: line.provider, responseModel: nil, requestModel: line.model,
      serviceTier: line.serviceTier, inputTokens: 0, at: time)
    // A list price in another currency would have to be converted.
    return found.flatMap { $0.currency.description == line.currency ? $0 : nil }
  }

  private func whole(_ line: ExportLine) throws(ExportError) -> FocusRow {
    let (scaled, overflow) = line.cost.units.multipliedReportingOverflow(by: Amount.unitsPerOne)
    let price = overflow ? nil : ExactDecimal.divide(scaled, by: Int128(line.records))
    let isExplained = line.records != 0 && (price ?? 0) >= 0
    return row(
      line, .requests, cost: line.cost, listCost: line.cost.description,
      listUnitPrice: isExplained
        ? price.map { ExactDecimal.text($0, scale: UnitPrice.scale) } : nil,
      priceID: line.isCorrection ? nil : "\(line.provider)/\(line.model)/\(FocusMeter.requests.id)",
      isFirst: true, hasQuantity: isExplained)
  }

  private func row(
    _ line: ExportLine, _ meter: FocusMeter, cost: Amount, listCost: String,
    listUnitPrice: String?, priceID: String?, isFirst: Bool, hasQuantity: Bool = true
  ) -> FocusRow {
    FocusRow(
      line: line, meter: meter, service: FocusService(provider: line.provider), account: account,
      billedCost: cost, listCost: listCost, listUnitPrice: listUnitPrice,
      quantity: hasQuantity ? meter.quantity(line) : nil, priceID: priceID,
      invoiceID: invoices[String(line.billingMonth.prefix(7))], isFirst: isFirst)
  }
}
