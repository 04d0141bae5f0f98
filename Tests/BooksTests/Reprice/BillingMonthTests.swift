// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat
import DaybookTesting
import Sysexits
import Testing

/// Commands that put a month right take the calls that its close counts.
struct BillingMonthTests {
  /// Two o'clock of the first is the evening before in New York; half an hour before is the first
  /// in Berlin.
  private static func withCallsAtTheEdge(
    _ model: String, _ body: (FinanceScene) throws -> Void
  ) throws {
    try FinanceScene.with { scene in
      try scene.run(
        "SELECT daybook_set_tenant('globex', '{\"time_zone\": \"America/New_York\"}', 'moved')")
      let first = "'\(scene.second)-01T00:00:00Z'::timestamptz"
      for record in [
        scene.record("globex", at: "\(first) + interval '2 hours'", model: model, number: 96),
        scene.record("acme", at: "\(first) - interval '31 minutes'", model: model, number: 97),
      ] { try scene.run(record) }
      try scene.rebuild()
      try body(scene)
    }
  }

  private static func numbersWithoutACost(_ scene: FinanceScene) throws -> String? {
    try scene.run(
      """
      SELECT string_agg(right(invocation_id::text, 2), ' ' ORDER BY invocation_id) FROM invocation_costs
       WHERE cost IS NULL AND source_offset IN (96, 97)
      """)
  }

  @Test func whatACloseCountsIsListedAndRepriced() throws {
    try Self.withCallsAtTheEdge("mystery") { scene in
      let month = try #require(Month(scene.first))
      var books = try scene.books()
      let refused = try books.close(month, reason: nil, allowUnpriced: false, dryRun: false)
      #expect(!refused.isClosed && refused.unpricedRecords > 0)
      for (name, isListed) in [(scene.first, true), (scene.second, false)] {
        let missing = try scene.command(
          "prices", "missing", "--month", name, "--tenant", "globex", "--json")
        #expect(missing.code == .success && missing.output.contains("mystery") == isListed)
      }

      try scene.price("mystery", input: "0.000001", output: "0.000002")
      let arguments = ["reprice", "--month", scene.first, "--reason", "found", "--json"]
      let dry = try scene.command(arguments + ["--dry-run"])
      #expect(dry.code == .success, "\(dry.output)")
      #expect(try Self.numbersWithoutACost(scene) == "96 97")
      let real = try scene.command(arguments + ["--yes"])
      #expect(real.code == .success, "\(real.output)")
      #expect(try Self.numbersWithoutACost(scene) == "97")
      #expect(try scene.run("SELECT filters->>'month' FROM reprice_runs") == scene.first)
      let elsewhere = try scene.run(
        "SELECT count(*) FROM cost_adjustments WHERE charge_month <> '\(scene.first)-01'")
      #expect(elsewhere == "0")
      let closed = try books.close(month, reason: nil, allowUnpriced: false, dryRun: false)
      #expect(closed.isClosed && closed.unpricedRecords == 0, "\(closed.problems)")
    }
  }

  @Test func aMonthsCostsAreComputedAgainByItsBillingDays() throws {
    try Self.withCallsAtTheEdge("claude-x") { scene in
      try scene.run(
        """
        ALTER TABLE invocations DISABLE TRIGGER USER;
        UPDATE invocations SET cost = cost + 1 WHERE source_offset IN (96, 97);
        ALTER TABLE invocations ENABLE TRIGGER USER
        """)
      var books = try scene.books()
      for (name, number) in [(scene.first, 96), (scene.second, 97)] {
        let check = try books.checkPrices(.all, month: Month(name))
        #expect(check.differences == 1, "\(check.problems)")
        #expect(check.problems.allSatisfy { $0.contains("0000000000\(number) of ") })
      }
    }
  }

  @Test func aMonthAndTimesDoNotGoTogether() throws {
    try FinanceScene.with { scene in
      for times in [["--month", scene.first, "--from", scene.first], ["--from", scene.first], []] {
        let result = try scene.command(["reprice", "--reason", "x", "--dry-run"] + times)
        #expect(result.code == .usage, "\(times)")
      }
    }
  }
}
