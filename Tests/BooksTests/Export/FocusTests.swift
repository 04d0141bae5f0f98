// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat
import DaybookTesting
import Foundation
import Sysexits
import Testing

@testable import daybook

struct FocusTests {
  @Test(arguments: ["1.2", "1.4"])
  func everyMandatoryColumnIsThereAndFilled(_ version: String) throws {
    try FinanceScene.with { scene in
      let rows = try Self.export(scene, version, scene.first, scene.second)
      let header = Set(rows.first.map(\.keys) ?? [:].keys)
      #expect(header.isSuperset(of: Self.mandatory[version] ?? []))
      let other = version == "1.2" ? ["ServiceProviderName"] : ["ProviderName", "PublisherName"]
      #expect(header.isDisjoint(with: other))
      for row in rows {
        for name in Self.mandatory[version] ?? [] where !Self.nullable.contains(name) {
          #expect(row[name]?.isEmpty == false, "\(name)")
        }
        #expect(row["ChargePeriodStart"]?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
        #expect(row["BillingCurrency"] == "USD")
        #expect(row["ServiceCategory"] == "AI and Machine Learning")
      }
    }
  }

  @Test func metersOfADayAddUpToItsCost() throws {
    try FinanceScene.with { scene in
      let rows = try Self.export(scene, "1.2", scene.first, scene.second)
      var sums: [String: Decimal] = [:]
      for row in rows {
        let key = [row["SubAccountId"], row["ChargePeriodStart"], row["x_Model"], row["Tags"]]
          .compactMap { $0 }.joined(separator: " ")
        sums[key, default: 0] += try #require(Decimal(string: row["BilledCost"] ?? ""))
        let price = try #require(Decimal(string: row["ListUnitPrice"] ?? ""))
        let quantity = try #require(Decimal(string: row["PricingQuantity"] ?? ""))
        if row["SkuMeter"] != "Requests" {
          #expect(price * quantity == Decimal(string: row["ListCost"] ?? ""))
        }
      }
      let expected =
        try scene.run(
          """
          SELECT string_agg(concat_ws(' ', tenant_id,
              to_char(day::timestamp AT TIME ZONE time_zone AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
              model, CASE WHEN project_id <> '' THEN format('{"project_id":"%s"}', project_id) ELSE '' END)
              || '=' || cost, E'\n')
          FROM costs_daily WHERE currency = 'USD'
          """) ?? ""
      for line in expected.split(separator: "\n") {
        let parts = line.split(separator: "=")
        #expect(sums.removeValue(forKey: String(parts[0])) == Decimal(string: String(parts[1])))
      }
      #expect(sums.isEmpty)
    }
  }

  /// Input 1001 of which 400 cached, output 201 of which 50 reasoning.
  @Test func aDayIsDividedByListPrice() throws {
    try FinanceScene.with { scene in
      let rows = try Self.export(scene, "1.2", scene.first, scene.first).filter {
        $0["SubAccountId"] == "acme" && $0["x_RequestCount"] != nil
          && $0["ChargePeriodStart"]?.hasPrefix("\(scene.first)-04") == true
          && $0["x_Model"] == "claude-x" && $0["Tags"] == ""
      }
      let meters = Dictionary(
        uniqueKeysWithValues: rows.map { ($0["SkuMeter"] ?? "", $0["BilledCost"] ?? "") })
      #expect(
        meters == [
          "Input Tokens": "0.001803", "Cached Input Tokens": "0.00012",
          "Output Tokens": "0.002265", "Reasoning Tokens": "0.00075",
        ])
      #expect(rows.compactMap { $0["x_RequestCount"] }.sorted() == ["0", "0", "0", "1"])
    }
  }

  @Test func aProducersCostWithoutAPriceIsOneRowOfRequests() throws {
    try FinanceScene.with { scene in
      let rows = try Self.export(scene, "1.2", scene.first, scene.second).filter {
        $0["x_Model"] == "mystery"
      }
      #expect(!rows.isEmpty)
      for row in rows {
        #expect(row["SkuMeter"] == "Requests" && row["ConsumedUnit"] == "Requests")
        #expect(row["ListCost"] == row["BilledCost"])
        #expect(row["x_PriceId"] == "")
      }
    }
  }

  /// No list price holds for a day on which it changed.
  @Test func aDayWithTwoPricesIsOneRowOfRequests() throws {
    try FinanceScene.with { scene in
      let before = try Self.export(scene, "1.4", scene.first, scene.second)
      try scene.price(
        "claude-x", input: "0.000002", output: "0.00001", from: "\(scene.first)-05T12:00:00Z")
      let rows = try Self.export(scene, "1.4", scene.first, scene.second).filter {
        $0["x_Model"] == "claude-x"
      }
      let changed = rows.filter {
        ($0["ChargePeriodStart"] ?? "") <= "\(scene.first)-05T00:00:00Z"
          && ($0["ChargePeriodEnd"] ?? "") > "\(scene.first)-05T12:00:00Z"
      }
      let tenants = Set(changed.map { $0["SubAccountId"] })
      #expect(tenants == ["acme", "globex"])
      for row in rows {
        #expect((row["SkuMeter"] == "Requests") == changed.contains(row))
        #expect((row["x_PriceId"] == "") == changed.contains(row))
        if changed.contains(row) { #expect(row["ListCost"] == row["BilledCost"]) }
      }
      let unchanged = before.filter { $0["x_Model"] == "claude-x" }
      #expect(Self.sum(rows) == Self.sum(unchanged))
    }
  }

  /// Another price of the same tokens has another x_PriceId and nothing else.
  @Test func aPriceOfASkuKeepsItsIdForEver() throws {
    try FinanceScene.with { scene in
      try scene.price(
        "claude-x", input: "0.000002", output: "0.00001", from: "\(scene.second)-01T00:00:00Z")
      let rows = try Self.export(scene, "1.2", scene.first, scene.second).filter {
        $0["x_Model"] == "claude-x" && $0["SkuMeter"] == "Input Tokens"
      }
      let ids = Set(rows.map { [$0["SkuId"], $0["SkuPriceId"]] })
      let sku = "anthropic/claude-x/input_tokens"
      #expect(ids == [[sku, sku + "/standard"]])
      let used = try scene.run(
        "SELECT string_agg(price_id::text, ' ' ORDER BY price_id) FROM model_prices"
          + " WHERE superseded_by IS NULL AND model = 'claude-x'")
      let found = Set(rows.compactMap { $0["x_PriceId"].flatMap { Int64($0) } })
      #expect(found.sorted().map(String.init).joined(separator: " ") == used)
    }
  }

  @Test func callsWithoutACostAreCountedInTheManifest() throws {
    try FinanceScene.with { scene in
      _ = try Self.export(scene, "1.2", scene.first, scene.second)
      let manifest = try ExportManifest.read(scene.path("focus-1.2.csv.manifest.json"))
      let unpriced = try scene.run("SELECT sum(unpriced_records) FROM costs_daily")
      #expect(String(manifest.tally.leftOutRequests) == unpriced)
      #expect(manifest.tally.leftOutRequests > 0)
    }
  }

  @Test func aCorrectionBelongsToTheMonthThatBillsIt() throws {
    try FinanceScene.with { scene in
      try scene.close(scene.first)
      try scene.price("mystery", input: "0.000001", output: "0.000002")
      try scene.price("claude-x", input: "0.000002", output: "0.00001")
      _ = try scene.command(
        "reprice", "--from", scene.first, "--to", scene.present, "--reason", "found", "--yes")
      let closed = try Self.export(scene, "1.2", scene.first, scene.first)
      let others = closed.filter {
        $0["ChargeClass"] != ""
          || $0["x_StatementId"] != "\(scene.first)/1/\($0["SubAccountId"] ?? "")/USD"
      }
      #expect(others.isEmpty)
      let invoices = Set(closed.map { $0["InvoiceId"] })
      #expect(invoices == [""])
      let issued = try Self.export(
        scene, "1.2", scene.first, scene.first, ["--invoice-issuer", "Example IT"])
      for row in issued {
        #expect(row["InvoiceId"] == row["x_StatementId"])
        #expect(row["InvoiceIssuerName"] == "Example IT")
      }
      let open = try Self.export(scene, "1.4", scene.second, scene.second)
      let corrections = open.filter { $0["ChargeClass"] == "Correction" }
      let negative = corrections.filter { $0["BilledCost"]?.hasPrefix("-") == true }
      #expect(!negative.isEmpty)
      let output = corrections.filter { $0["SkuMeter"] == "Output Tokens" }
      #expect(!output.isEmpty)
      for row in corrections {
        #expect(row["x_StatementId"] == "")
        #expect((row["ChargePeriodStart"] ?? "") < (row["BillingPeriodStart"] ?? ""))
      }
      let expected = try scene.run(
        """
        SELECT sum(cost) FROM reporting.costs_by_billing_period
         WHERE currency = 'USD' AND to_char(billing_month, 'YYYY-MM') = '\(scene.second)'
        """)
      #expect(Self.sum(open) == Decimal(string: expected ?? ""))
    }
  }

  /// In Havana the clocks go back to midnight, so that it comes twice: the day begins with the
  /// first.
  @Test(arguments: [
    ("Europe/Berlin", "2025-10-26", "10-25T22 10-26T23 09-30T22 10-31T23"),
    ("America/Havana", "2020-11-01", "11-01T04 11-02T05 11-01T04 12-01T05"),
    ("America/Havana", "2020-10-31", "10-31T04 11-01T04 10-01T04 11-01T04"),
  ])
  func aLocalDayMayHave25Hours(_ zone: String, _ day: String, _ bounds: String) throws {
    try TestDatabase.with { database in
      try database.value(
        """
        SET timezone = 'UTC';
        SELECT daybook_set_tenant('acme', '{"time_zone": "\(zone)"}', 'new');
        INSERT INTO costs_daily SELECT 'acme', '\(day)', '', 'openai', 'm', 'standard', 'USD', 1,
          1, 0, 0, 1, 1, 0, 0, 0, now(), '\(zone)'
        """)
      var books = Books(try database.connect(), schema: "public")
      let directory = FileManager.default.temporaryDirectory.path
      let name = "daybook-dst-\(UUID().uuidString)"
      let target = ExportTarget(directory: directory, name: name)
      defer { for end in ["", ".manifest.json"] { unlink(target.path + end) } }
      let month = try #require(Month(String(day.prefix(7))))
      _ = try books.export(
        ExportRequest(format: .focus(.v1_2), first: month, last: month), to: target,
        toolVersion: "test", progress: { _ in }, notice: { _ in })
      let text = try String(contentsOfFile: target.path, encoding: .utf8)
      let row = try #require(CSVText.rows(text).first)
      let names = [
        "ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart", "BillingPeriodEnd",
      ]
      let expected = bounds.split(separator: " ").map { "\(day.prefix(4))-\($0):00:00Z" }
      let found = names.map { row[$0] ?? "" }
      #expect(found == expected)
    }
  }

  static func export(
    _ scene: FinanceScene, _ version: String, _ first: String, _ last: String,
    _ options: [String] = []
  ) throws -> [[String: String]] {
    let name = "focus-\(version).csv"
    let result = try scene.command(
      [
        "costs", "export", "--format", "focus", "--focus-version", version, "--month", first,
        "--to-month", last, "--force", "--output", scene.path(name),
      ] + options)
    #expect(result.code == .success, "\(result.output)")
    return CSVText.rows(try scene.text(name))
  }

  private static func sum(_ rows: [[String: String]]) -> Decimal {
    rows.reduce(0) { $0 + cost($1) }
  }

  static func cost(_ row: [String: String]) -> Decimal {
    Decimal(string: row["BilledCost"] ?? "") ?? 0
  }

  /// Not null for usage that is no correction, null for an adjustment of ours.
  static let ofUsage = [
    "ConsumedQuantity", "ConsumedUnit", "ContractedUnitPrice", "ListUnitPrice", "PricingCategory",
    "PricingQuantity", "PricingUnit", "SkuId", "SkuPriceId",
  ]

  static let nullable = [
    "BillingAccountName", "ChargeClass", "ChargeDescription", "PricingQuantity", "PricingUnit",
  ]

  private static let common = [
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd",
    "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd",
    "ChargePeriodStart", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost",
    "PricingQuantity", "PricingUnit", "ServiceCategory", "ServiceName",
  ]

  static let mandatory = [
    "1.2": common + ["ProviderName", "PublisherName"],
    "1.4": common + ["ServiceProviderName", "HostProviderName"],
  ]
}
