// SPDX-License-Identifier: Apache-2.0
import Books
import DaybookTesting
import Foundation
import Sysexits
import Testing
import daybook

/// How much of a bill rests on usage that the source estimated: the same in rollups, corrections,
/// command, views and exports.
struct EstimatedCostsTests {
  /// Every third call is estimated; a month is closed, repriced, and has a late call.
  private static func with(_ body: (FinanceScene) throws -> Void) throws {
    try FinanceScene.with { scene in
      try scene.run(
        """
        ALTER TABLE invocations DISABLE TRIGGER USER;
        UPDATE invocations SET usage_source = CASE source_offset % 3 WHEN 0 THEN 'estimated' WHEN 1 THEN 'provider' END;
        ALTER TABLE invocations ENABLE TRIGGER USER
        """)
      try scene.rebuild()
      try scene.close(scene.first)
      try RepriceTests.changePrices(scene)
      #expect(try RepriceTests.reprice(scene).rowsAdjusted > 0)
      try body(scene)
    }
  }

  /// Calls at what they cost now.
  private static func expected(_ scene: FinanceScene, _ month: String) throws -> String? {
    try scene.run(
      """
      SELECT count(*) || ' ' || trim_scale(sum(cost)) FROM invocation_costs
      WHERE usage_source = 'estimated' AND currency = 'USD'
        AND to_char(daybook_billing_day(tenant_id, occurred_at), 'YYYY-MM') = '\(month)'
      """)
  }

  @Test func repricingMovesWhatRestsOnEstimates() throws {
    try Self.with { scene in
      for month in [scene.first, scene.second] {
        let reported = try scene.run(
          """
          SELECT sum(estimated_requests) || ' ' || trim_scale(sum(estimated_cost))
          FROM reporting.costs_by_charge_period
          WHERE currency = 'USD' AND to_char(charge_month, 'YYYY-MM') = '\(month)'
          """)
        #expect(try reported == Self.expected(scene, month), "\(month)")
      }
      // None is left without a cost, in whatever month that was counted off.
      let unpriced = try scene.run(
        """
        SELECT coalesce(sum(estimated_requests), 0) FROM reporting.costs_by_model
        WHERE currency IS NULL
        """)
      #expect(unpriced == "0")
      #expect(try scene.command("reconcile").code == .success)
      #expect(try scene.command("audit").output.contains("costs_daily:") == false)
    }
  }

  @Test func theCommandPrintsThem() throws {
    try Self.with { scene in
      let result = try scene.command(
        "costs", "--month", scene.second, "--basis", "charge", "--by", "model", "--format", "csv")
      let rows = CSVText.rows(result.output).filter { $0["currency"] == "USD" }
      let records = rows.compactMap { $0["estimated_records"].flatMap { Int($0) } }.reduce(0, +)
      let cost = rows.reduce(Decimal(0)) {
        $0 + (Decimal(string: $1["estimated_cost"] ?? "") ?? 0)
      }
      let sum = try #require(try Self.expected(scene, scene.second)).split(separator: " ")
      #expect(records > 0 && String(records) == sum[0])
      #expect(cost == Decimal(string: String(sum[1])))
      let json = try scene.command("costs", "--month", scene.second, "--json").output
      #expect(json.contains("\"estimated_records\":") && json.contains("\"estimated_cost\":\"0."))
    }
    // Where there is no cost none of it is estimated.
    try FinanceScene.with { scene in
      let json = try scene.command("costs", "--month", scene.second, "--json").output
      #expect(json.contains("\"estimated_records\":0,\"estimated_cost\":null"))
      #expect(json.contains("\"estimated_records\":0,\"estimated_cost\":\"0\""))
    }
  }

  @Test(arguments: ["csv", "focus"])
  func exportsAddUpToThem(format: String) throws {
    try Self.with { scene in
      let result = try scene.command(
        "costs", "export", "--format", format, "--month", scene.second, "--basis", "charge",
        "--output", scene.path("x.csv"))
      #expect(result.code == .success, "\(result.output)")
      let (records, cost) =
        format == "csv"
        ? ("estimated_requests", "estimated_cost") : ("x_EstimatedRequestCount", "x_EstimatedCost")
      let rows = CSVText.rows(try scene.text("x.csv")).filter {
        format == "focus" || $0["currency"] == "USD"
      }
      let count = rows.compactMap { $0[records].flatMap { Int($0) } }.reduce(0, +)
      let sum = rows.reduce(Decimal(0)) { $0 + (Decimal(string: $1[cost] ?? "") ?? 0) }
      let expected = try #require(try Self.expected(scene, scene.second)).split(separator: " ")
      #expect(String(count) == expected[0] && sum == Decimal(string: String(expected[1])))
    }
  }
}
