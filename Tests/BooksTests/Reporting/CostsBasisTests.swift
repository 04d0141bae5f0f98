// SPDX-License-Identifier: Apache-2.0
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
