// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing
import Sysexits

/// Turns a line into rows of FOCUS, one for each meter with tokens.
///
/// The cost is the line's own, whoever computed it; the catalogue only says which share of it each
/// meter has: by the price of the whole period, without thresholds of the context, prices of
/// regions (lines are not kept by region), one-hour caches and audio. A period in which the price
/// changed has no list price, as a model without one.
struct FocusEncoder {
  let columns: [FocusColumn]
  private let account: BillingAccount
  private let prices: FocusPrices
  private let statements: [String: String]

  /// `statements` are those in force, `2026-08/1` by month.
  init(
    _ version: FocusVersion, _ account: BillingAccount, prices: FocusPrices,
    statements: [String: String]
  ) {
    columns = FocusColumn.all(version)
    self.account = account
    self.prices = prices
    self.statements = statements
  }

  /// At least one; their costs add up to the line's to the last digit.
  func rows(_ line: ExportLine) throws(ExportError) -> [FocusRow] {
    guard !line.isRounding else { return [row(line, .adjustment(of: line.cost), isFirst: true)] }
    var charges = try meters(line) ?? []
    if charges.isEmpty { charges = [whole(line)] }
    let sum = charges.reduce(Amount.zero) { Amount(units: $0.units + $1.billedCost.units) }
    guard sum == line.cost else {
      throw .refused(
        "the meters of \(line.provider) \(line.model) on \(line.periodStart) make \(sum), not"
          + " \(line.cost): this is a defect of Daybook", exitCode: .software)
    }
    return charges.indices.map { row(line, charges[$0], isFirst: $0 == 0) }
  }

  /// Nil when the catalogue cannot divide the cost.
  private func meters(_ line: ExportLine) throws(ExportError) -> [FocusCharge]? {
    guard let found = try prices.find(line) else { return nil }
    let rates = found.contracted.rates.resolved
    let listRates = found.listed?.rates.resolved
    let used = FocusMeter.tokens.filter { $0.quantity(line) != 0 }
    var priced: [(contracted: PricedQuantity, listed: PricedQuantity)] = []
    for meter in used {
      let quantity = meter.quantity(line)
      guard let price = meter.price(rates), let contracted = PricedQuantity(quantity, price),
        let listed = PricedQuantity(quantity, listRates.flatMap(meter.price) ?? price)
      else { return nil }
      priced.append((contracted, listed))
    }
    guard !used.isEmpty,
      let shares = ProportionalShares.divide(line.cost.units, by: priced.map(\.contracted.units))
    else { return nil }
    return used.indices.map { index in
      FocusCharge(
        meter: used[index], billedCost: Amount(units: shares[index]),
        contracted: priced[index].contracted.focus, listed: priced[index].listed.focus,
        quantity: used[index].quantity(line), priceID: found.contracted.priceID)
    }
  }

  /// One row of requests, where they can explain the cost.
  private func whole(_ line: ExportLine) -> FocusCharge {
    let (scaled, overflow) = line.cost.units.multipliedReportingOverflow(by: Amount.unitsPerOne)
    let quotient = overflow ? nil : ExactDecimal.divide(scaled, by: Int128(line.records))
    guard let quotient, quotient >= 0 else {
      // What was repriced while its month was open again has a cost and no calls of its own.
      return line.isCorrection
        ? FocusCharge(
          meter: .requests, billedCost: line.cost, contracted: .init(cost: line.cost),
          listed: .init(cost: line.cost), quantity: nil, priceID: nil)
        : .adjustment(of: line.cost)
    }
    let price = FocusCharge.Price(
      cost: line.cost.description,
      unitPrice: ExactDecimal.text(quotient, scale: UnitPrice.scale))
    return FocusCharge(
      meter: .requests, billedCost: line.cost, contracted: price, listed: price,
      quantity: line.records, priceID: nil)
  }

  private func row(_ line: ExportLine, _ charge: FocusCharge, isFirst: Bool) -> FocusRow {
    let seller = line.isRounding ? account.invoiceIssuer ?? account.id : line.provider
    return FocusRow(
      line: line, charge: charge, service: FocusService(provider: seller),
      account: account.inZone(line.billingZone),
      statementID: statements[String(line.billingMonth.prefix(7))].map {
        "\($0)/\(line.tenant)/\(line.currency)"
      }, isFirst: isFirst)
  }
}

/// Tokens at a price, exact.
private struct PricedQuantity {
  let units: Int128
  let price: UnitPrice

  /// Nil when the product does not fit.
  init?(_ quantity: Int64, _ price: UnitPrice) {
    let (units, overflow) = price.units.multipliedReportingOverflow(by: Int128(quantity))
    guard !overflow else { return nil }
    self.units = units
    self.price = price
  }

  var focus: FocusCharge.Price {
    FocusCharge.Price(
      cost: ExactDecimal.text(units, scale: UnitPrice.scale), unitPrice: price.description)
  }
}
