// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing

/// Turns a line into rows of FOCUS, one for each meter with tokens.
///
/// The cost is the line's own, whoever computed it; the catalogue only says which share of it each
/// meter has: by the price of the whole period, without thresholds of the context, one-hour caches
/// and audio. A period in which the price changed has no list price, as a model without one.
struct FocusEncoder {
  let columns: [FocusColumn]
  private let account: BillingAccount
  private let book: PriceBook
  private let statements: [String: String]

  init(
    _ version: FocusVersion, _ account: BillingAccount, book: PriceBook,
    statements: [String: String]
  ) {
    columns = FocusColumn.all(version)
    self.account = account
    self.book = book
    self.statements = statements
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
        priceID: entry.priceID, isFirst: index == 0)
    }
  }

  /// The price of the line's whole period; nil when there is none, or more than one.
  private func entry(_ line: ExportLine) throws(ExportError) -> PriceEntry? {
    let end = try time(line.chargeEnd)
    let last = Timestamp(microseconds: end.microseconds - 1)
    guard let first = entry(line, at: try time(line.chargeStart)),
      let final = entry(line, at: last), first.priceID == final.priceID
    else { return nil }
    // A list price in another currency would have to be converted.
    return first.currency.description == line.currency ? first : nil
  }

  private func entry(_ line: ExportLine, at time: Timestamp) -> PriceEntry? {
    book.entry(
      provider: line.provider, responseModel: nil, requestModel: line.model,
      serviceTier: line.serviceTier, inputTokens: 0, at: time)
  }

  private func time(_ text: String) throws(ExportError) -> Timestamp {
    var text = text
    guard let time = text.withUTF8({ Timestamp(rfc3339: UnsafeRawBufferPointer($0)) }) else {
      throw .refused("\(text) is no time: this is a defect of Daybook", exitCode: 70)
    }
    return time
  }

  private func whole(_ line: ExportLine) throws(ExportError) -> FocusRow {
    let (scaled, overflow) = line.cost.units.multipliedReportingOverflow(by: Amount.unitsPerOne)
    let price = overflow ? nil : ExactDecimal.divide(scaled, by: Int128(line.records))
    let isExplained = line.records != 0 && (price ?? 0) >= 0
    return row(
      line, .requests, cost: line.cost, listCost: line.cost.description,
      listUnitPrice: isExplained
        ? price.map { ExactDecimal.text($0, scale: UnitPrice.scale) } : nil,
      priceID: nil, isFirst: true, hasQuantity: isExplained)
  }

  private func row(
    _ line: ExportLine, _ meter: FocusMeter, cost: Amount, listCost: String,
    listUnitPrice: String?, priceID: Int64?, isFirst: Bool, hasQuantity: Bool = true
  ) -> FocusRow {
    let hasSkuPrice = priceID != nil || !line.isCorrection
    return FocusRow(
      line: line, meter: meter, service: FocusService(provider: line.provider), account: account,
      billedCost: cost, listCost: listCost, listUnitPrice: listUnitPrice,
      quantity: hasQuantity ? meter.quantity(line) : nil,
      skuPriceID: hasSkuPrice ? FocusRow.skuID(line, meter) + "/" + line.serviceTier : nil,
      priceID: priceID, statementID: statements[String(line.billingMonth.prefix(7))],
      isFirst: isFirst)
  }
}
