// SPDX-License-Identifier: Apache-2.0
import Foundation
import Sysexits
import Testing
import daybook

/// `daybook costs` of a closed month, without and with corrections.
struct CostsBasisTests {
  @Test func theBasisDecidesWhichCorrectionsAreAdded() throws {
    try FinanceScene.with { scene in
      try scene.close(scene.first)
      try RepriceTests.changePrices(scene)
      _ = try RepriceTests.reprice(scene)
      for (basis, month) in [
        (nil, scene.first), ("billing", scene.first), ("charge", scene.first),
        ("billing", scene.second), ("charge", scene.second),
      ] {
        let result = try scene.command(
          ["costs", "--month", month, "--tenant", "acme", "--format", "csv"]
            + (basis.map { ["--basis", $0] } ?? []))
        #expect(result.code == .success, "\(result.output)")
        let rows = CSVText.rows(result.output).filter { $0["currency"] == "USD" }
        let expected = try scene.run(
          basis.map {
            """
            SELECT trim_scale(cost) FROM reporting.costs_by_\($0)_period WHERE tenant_id = 'acme'
              AND currency = 'USD' AND to_char(\($0)_month, 'YYYY-MM') = '\(month)'
            """
          } ?? """
            SELECT trim_scale(sum(cost)) FROM costs_monthly WHERE tenant_id = 'acme'
              AND currency = 'USD' AND to_char(month, 'YYYY-MM') = '\(month)'
            """)
        #expect(rows.map { $0["cost"] } == [expected])
      }
    }
  }

  /// By default both are there: what the month's calls cost, and what its statement bills.
  @Test func whatIsBilledStandsBesideTheCost() throws {
    try FinanceScene.with { scene in
      try scene.close(scene.first)
      try RepriceTests.changePrices(scene)
      _ = try RepriceTests.reprice(scene)
      for month in [scene.first, scene.second] {
        let result = try scene.command(
          "costs", "--month", month, "--by", "model,day", "--format", "csv")
        let rows = CSVText.rows(result.output).filter { $0["currency"] == "USD" }
        for (name, source, column) in [
          ("cost", "costs_monthly", "month"),
          ("billed", "reporting.costs_by_billing_period", "billing_month"),
        ] {
          let sum = rows.reduce(Decimal(0)) { $0 + (Decimal(string: $1[name] ?? "") ?? 0) }
          let expected = try scene.run(
            "SELECT sum(cost) FROM \(source) WHERE currency = 'USD'"
              + " AND to_char(\(column), 'YYYY-MM') = '\(month)'")
          #expect(sum == Decimal(string: expected ?? ""), "\(name) of \(month)")
        }
        let records = rows.compactMap { $0["records"].flatMap { Int($0) } }.reduce(0, +)
        let counted = try scene.run(
          "SELECT sum(records) FROM costs_monthly WHERE currency = 'USD'"
            + " AND to_char(month, 'YYYY-MM') = '\(month)'")
        #expect(String(records) == counted)
      }
      let json = try scene.command("costs", "--month", scene.second, "--json").output
      #expect(json.contains("\"cost\":\"") && json.contains("\"billed\":\""))
      for options in [
        ["--from", "\(scene.first)-01T00:00:00Z"], ["--month", scene.first, "--basis", "charge"],
      ] {
        let other = try scene.command(["costs", "--format", "csv"] + options).output
        #expect(other.contains("cost") && !other.contains("billed"))
      }
    }
  }

  @Test func aTenantThatDoesNotExistIsNamedWithItsNeighbours() throws {
    try FinanceScene.with { scene in
      let commands = [
        ["costs", "--month", scene.first, "--tenant"],
        ["costs", "explain", "--month", scene.first, "--tenant"],
        ["costs", "export", "--month", scene.first, "--output", scene.path("x"), "--tenant"],
        ["periods", "show", scene.first, "--tenant"],
        ["reconcile", "--month", scene.first, "--tenant"],
        ["reprice", "--from", scene.first, "--to", scene.second, "--dry-run", "--tenant"],
        ["tenants", "show"],
      ]
      for command in commands {
        let result = try scene.command(command + ["Acme"])
        #expect(result.code == .noInput, "\(command): \(result.output)")
        #expect(result.output.contains("there is no tenant Acme (did you mean acme?)"))
        let other = try scene.command(command + ["nothing-like-it"])
        #expect(other.code == .noInput && !other.output.contains("did you mean"))
      }
      // One that is known may have had no costs.
      let before = try scene.command("costs", "--month", "2020-01", "--tenant", "acme")
      #expect(before.code == .success)
    }
  }

  @Test func classAndZoneAreColumnsThatCanBeAskedFor() throws {
    try FinanceScene.with { scene in
      try scene.close(scene.first)
      try RepriceTests.changePrices(scene)
      _ = try RepriceTests.reprice(scene)
      let result = try scene.command(
        "costs", "--month", scene.second, "--basis", "billing", "--by", "zone,class", "--format",
        "csv")
      let rows = CSVText.rows(result.output)
      #expect(Set(rows.map { $0["charge_class"] }) == ["", "Correction"])
      #expect(Set(rows.map { $0["time_zone"] }) == ["UTC", "Europe/Berlin"])
      let days = try scene.command(
        "costs", "--from", "2026-08-01T00:00:00Z", "--basis", "billing")
      #expect(days.code == .usage)
    }
  }
}
