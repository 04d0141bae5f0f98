// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat
import DaybookTesting
import Foundation
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
      }
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
      let invoice = "\(scene.first)/1"
      let others = closed.filter { $0["ChargeClass"] != "" || $0["InvoiceId"] != invoice }
      #expect(others.isEmpty)
      let open = try Self.export(scene, "1.4", scene.second, scene.second)
      let corrections = open.filter { $0["ChargeClass"] == "Correction" }
      let negative = corrections.filter { $0["BilledCost"]?.hasPrefix("-") == true }
      #expect(!negative.isEmpty)
      let output = corrections.filter { $0["SkuMeter"] == "Output Tokens" }
      #expect(!output.isEmpty)
      for row in corrections {
        #expect(row["InvoiceId"] == "")
        #expect((row["ChargePeriodStart"] ?? "") < (row["BillingPeriodStart"] ?? ""))
      }
      let sum = open.reduce(Decimal(0)) { $0 + (Decimal(string: $1["BilledCost"] ?? "") ?? 0) }
      let expected = try scene.run(
        """
        SELECT sum(cost) FROM reporting.costs_by_billing_period
         WHERE currency = 'USD' AND to_char(billing_month, 'YYYY-MM') = '\(scene.second)'
        """)
      #expect(sum == Decimal(string: expected ?? ""))
    }
  }

  /// Spring and autumn days of a zone: the bounds are those of PostgreSQL.
  @Test func aLocalDayMayHave25Hours() throws {
    try TestDatabase.with { database in
      try database.value(
        """
        SET timezone = 'UTC';
        SELECT daybook_set_tenant('acme', '{"time_zone": "Europe/Berlin"}', 'new');
        INSERT INTO costs_daily SELECT 'acme', '2025-10-26', '', 'openai', 'm', 'standard', 'USD', 1,
          1, 0, 0, 1, 1, 0, 0, 0, now(), 'Europe/Berlin'
        """)
      var books = Books(try database.connect(), schema: "public")
      let directory = FileManager.default.temporaryDirectory.path
      let name = "daybook-dst-\(UUID().uuidString)"
      let target = ExportTarget(directory: directory, name: name)
      defer { for end in ["", ".manifest.json"] { unlink(target.path + end) } }
      let month = try #require(Month("2025-10"))
      _ = try books.export(
        ExportRequest(format: .focus(.v1_2), first: month, last: month), to: target,
        toolVersion: "test", progress: { _ in }, notice: { _ in })
      let text = try String(contentsOfFile: target.path, encoding: .utf8)
      #expect(text.contains("2025-10-25T22:00:00Z") && text.contains("2025-10-26T23:00:00Z"))
      #expect(text.contains("2025-09-30T22:00:00Z") && text.contains("2025-10-31T23:00:00Z"))
    }
  }

  static func export(
    _ scene: FinanceScene, _ version: String, _ first: String, _ last: String
  ) throws -> [[String: String]] {
    let name = "focus-\(version).csv"
    let result = try scene.command(
      "costs", "export", "--format", "focus", "--focus-version", version, "--month", first,
      "--to-month", last, "--force", "--output", scene.path(name))
    #expect(result.code == .success, "\(result.output)")
    return CSVText.rows(try scene.text(name))
  }

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
