// SPDX-License-Identifier: Apache-2.0
import Foundation
import Sysexits
import Testing

/// Invoices, accounts and amounts that no usage explains.
struct FocusInvoiceTests {
  private static let issued = ["--invoice-issuer", "Example IT"]

  /// Month, version, tenant, currency; the rows make the amount due to the last digit.
  @Test func anInvoiceIsALineOfAStatementAndMakesItsAmount() throws {
    try FinanceScene.with { scene in
      try Self.addEuros(scene)
      try scene.close(scene.first)
      try RepriceTests.changePrices(scene)
      _ = try RepriceTests.reprice(scene)
      try scene.close(scene.second)
      let rows = try FocusTests.export(scene, "1.2", scene.first, scene.second, Self.issued)
      let due = try Self.sums(
        scene,
        """
        SELECT concat_ws('/', to_char(month, 'YYYY-MM'), version, tenant_id, currency), total_rounded
          FROM statement_lines WHERE currency <> 'XXX'
        """)
      #expect(due.count == 5)
      #expect(Self.sums(rows, by: "InvoiceId") == due)
      for id in due.keys {
        let accounts = Set(rows.filter { $0["InvoiceId"] == id }.map { $0["BillingAccountId"] })
        #expect(accounts.count == 1)
      }
      let roundings = rows.filter { $0["ChargeCategory"] == "Adjustment" }
      #expect(roundings.count == due.count)
      for row in roundings { Self.expectAdjustment(row) }
      let exact = try FocusTests.export(scene, "1.2", scene.first, scene.second)
      #expect(!exact.contains { $0["ChargeCategory"] == "Adjustment" || $0["InvoiceId"] != "" })
      let totals = try Self.sums(
        scene,
        """
        SELECT concat_ws('/', to_char(month, 'YYYY-MM'), version, tenant_id, currency), total
          FROM statement_lines WHERE currency <> 'XXX'
        """)
      #expect(Self.sums(exact, by: "x_StatementId") == totals)
    }
  }

  /// A price that changed while its month was open again leaves a difference without calls.
  /// The charges of a month are not what its invoice asks for.
  @Test func chargesMakeNoInvoice() throws {
    try FinanceScene.with { scene in
      let result = try scene.command(
        [
          "costs", "export", "--format", "focus", "--month", scene.first, "--output",
          scene.path("x.csv"), "--basis", "charge",
        ] + Self.issued)
      #expect(result.code == .usage && result.output.contains("--basis"), "\(result.output)")
    }
  }

  @Test func usageHasAQuantityOrIsACorrection() throws {
    try FinanceScene.with { scene in
      try Self.reopen(scene)
      let rows = try FocusTests.export(scene, "1.2", scene.first, scene.second)
      let adjustments = rows.filter { $0["ChargeCategory"] == "Adjustment" }
      #expect(!adjustments.isEmpty)
      for row in adjustments { Self.expectAdjustment(row) }
      for row in rows where row["ChargeCategory"] == "Usage" && row["ChargeClass"] == "" {
        for name in FocusTests.ofUsage { #expect(row[name] != "", "\(name)") }
      }
      let expected = try Self.sums(
        scene,
        """
        SELECT to_char(billing_month, 'YYYY-MM'), sum(cost) FROM reporting.costs_by_billing_period
         WHERE currency = 'USD' AND to_char(billing_month, 'YYYY-MM') IN ('\(scene.first)', '\(scene.second)')
         GROUP BY 1
        """)
      #expect(Self.sums(rows, by: "x_BillingMonth") == expected)
    }
  }

  /// `globex` comes from UTC: its first month in Berlin begins later than that of the account.
  @Test func anAccountHasOnePeriodAMonthAndSaysWhichMonth() throws {
    try FinanceScene.with { scene in
      try scene.close(scene.first)
      try scene.run(
        "SELECT daybook_set_tenant('globex', '{\"time_zone\": \"Europe/Berlin\"}', 'moved')")
      let rows = try FocusTests.export(
        scene, "1.4", scene.first, scene.second, ["--billing-account-name", "Example"])
      var periods: [String: Set<String>] = [:]
      for row in rows {
        let account = "\(row["BillingAccountId"] ?? "") \(row["x_BillingMonth"] ?? "")"
        let period = "\(row["BillingPeriodStart"] ?? "") \(row["BillingPeriodEnd"] ?? "")"
        periods[account, default: []].insert(period)
      }
      let accounts = [
        "default \(scene.first)", "default/Europe/Berlin \(scene.first)",
        "default/Europe/Berlin \(scene.second)",
      ]
      #expect(periods.keys.sorted() == accounts)
      for (account, found) in periods { #expect(found.count == 1, "\(account): \(found)") }
      let names = Set(rows.map { $0["BillingAccountName"] })
      #expect(names == ["Example", "Example (Europe/Berlin)"])
      let dates = Set(rows.compactMap { $0["x_ChargeDate"] }).sorted().joined(separator: " ")
      let days = try scene.run(
        "SELECT string_agg(DISTINCT day::text, ' ') FROM costs_daily WHERE currency = 'USD'")
      #expect(dates == days)
    }
  }

  @Test func aContractPriceIsNotTheListPrice() throws {
    try FinanceScene.with { scene in
      try scene.price("claude-x", input: "0.000005", output: "0.00002", format: "litellm")
      try scene.price("claude-x", input: "0.000003", output: "0.000015")
      let rows = try FocusTests.export(scene, "1.2", scene.first, scene.second).filter {
        $0["x_Model"] == "claude-x" && $0["SkuMeter"] != "Requests"
      }
      #expect(!rows.isEmpty)
      for row in rows {
        let isInput =
          row["SkuMeter"]?.contains("Output") == false && row["SkuMeter"]?.contains("Reas") == false
        #expect(row["ContractedUnitPrice"] == (isInput ? "0.000003" : "0.000015"))
        #expect(row["ListUnitPrice"] == (isInput ? "0.000005" : "0.00002"))
        for name in ["Contracted", "List"] {
          let price = try #require(Decimal(string: row["\(name)UnitPrice"] ?? ""))
          let quantity = try #require(Decimal(string: row["PricingQuantity"] ?? ""))
          #expect(price * quantity == Decimal(string: row["\(name)Cost"] ?? ""))
        }
      }
      let billed = try scene.run(
        "SELECT sum(cost) FROM costs_daily WHERE currency = 'USD' AND model = 'claude-x'")
      #expect(rows.reduce(0) { $0 + FocusTests.cost($1) } == Decimal(string: billed ?? ""))
    }
  }

  /// Calls of the first month are priced as corrections, and again when it is open again.
  static func reopen(_ scene: FinanceScene) throws {
    try scene.close(scene.first)
    try RepriceTests.changePrices(scene)
    _ = try RepriceTests.reprice(scene)
    try scene.run("SELECT daybook_reopen_period('\(scene.first)-01', 'wrong price')")
    try scene.price("mystery", input: "0.000002", output: "0.000001")
    _ = try RepriceTests.reprice(scene)
  }

  private static func addEuros(_ scene: FinanceScene) throws {
    let record = scene.record("acme", at: "'\(scene.first)-09T12:00:00Z'", model: "m", number: 500)
    try scene.run(record.replacingOccurrences(of: "'USD'", with: "'EUR'"))
    try scene.rebuild()
  }

  /// What is no usage has no quantity, no price and no article.
  private static func expectAdjustment(_ row: [String: String]) {
    for name in FocusTests.ofUsage + ["SkuMeter", "SkuPriceDetails", "ChargeClass"] {
      #expect(row[name] == "", "\(name)")
    }
    for name in ["ContractedCost", "EffectiveCost", "ListCost"] {
      #expect(row[name] == row["BilledCost"])
    }
    for name in FocusTests.mandatory["1.2"] ?? [] where !FocusTests.nullable.contains(name) {
      #expect(row[name] != "", "\(name)")
    }
    #expect(row["ChargeFrequency"] == "One-Time")
  }

  private static func sums(_ rows: [[String: String]], by name: String) -> [String: Decimal] {
    rows.reduce(into: [:]) { $0[$1[name] ?? "", default: 0] += FocusTests.cost($1) }
  }

  /// Of a query with two columns.
  private static func sums(_ scene: FinanceScene, _ sql: String) throws -> [String: Decimal] {
    let text = try scene.run(
      "SELECT string_agg(q.key || ' ' || q.sum, E'\\n') FROM (\(sql)) AS q(key, sum)")
    return (text ?? "").split(separator: "\n").reduce(into: [:]) { sums, line in
      let parts = line.split(separator: " ")
      sums[String(parts[0])] = Decimal(string: String(parts[1]))
    }
  }
}
