// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat
import DaybookTesting
import Ledger
import Postgres
import Sysexits
import Testing

@testable import daybook

/// Costs that the catalogue does not make, posted by a login of app_finance with the functions that
/// it may call.
@Suite struct PriceForgeryTests {
  private static let login = "daybook_test_finance"

  /// Calls at nothing, and one at a million.
  @Test func aCostFarFromItsTokensIsRefused() throws {
    try FinanceScene.with { scene in
      try scene.database.server.makeLogin(Self.login, memberOf: ["app_finance"])
      for cost in ["'0'", "'1000000'", "recorded_cost / 20", "recorded_cost * 20"] {
        #expect(try scene.state(of: Self.forgery(scene, cost)) == "22023", "\(cost)")
      }
      #expect(try scene.run("SELECT count(*) FROM cost_adjustments") == "0")
    }
  }

  /// Here a lock is what takes so long.
  @Test func aCheckThatTakesTooLongEndsInTheServer() throws {
    try FinanceScene.with { scene in
      var holder = try scene.database.connect()
      try holder.execute("BEGIN; LOCK TABLE invocations IN ACCESS EXCLUSIVE MODE")
      var books = try scene.books()
      books.scanSeconds = 1
      do throws(PostgresError) {
        _ = try books.checkPrices(.all)
        Issue.record("it was not ended")
      } catch {
        #expect(error.sqlState == .queryCanceled)
        #expect(error.naming(scanSeconds: 1).description.contains("raise scan_timeout"))
      }
      try holder.execute("COMMIT")
      books.scanSeconds = 100
      #expect(try books.checkPrices(.all).problems == [])
    }
  }

  /// Within what the rates allow: who computes it again sees it, and the month is not billed so.
  @Test func aCostNearItsTokensIsNamedAndNotBilled() throws {
    try FinanceScene.with { scene in
      let month = try #require(Month(scene.first))
      try scene.database.server.makeLogin(Self.login, memberOf: ["app_finance"])
      var books = try scene.books()
      let honest = try books.checkPrices(.all)
      #expect(honest.checked > 5 && honest.problems == [])
      #expect(try scene.state(of: Self.forgery(scene, "recorded_cost + 0.000000000001")) == nil)

      for extent in PriceCheckExtent.allCases {
        let check = try books.checkPrices(extent)
        #expect(check.differences == 2 && check.problems.count == 2, "\(check.problems)")
        #expect(check.problems.allSatisfy { $0.contains("and the catalogue makes") })
      }
      for command in [["audit"], ["reconcile", "--prices", "all"]] {
        let (code, output) = try scene.command(command)
        #expect(code == .checkFailed && output.contains("and the catalogue makes"), "\(output)")
      }
      let refused = try books.close(month, reason: nil, allowUnpriced: true, dryRun: false)
      #expect(!refused.isClosed && refused.problems.count == 2, "\(refused.problems)")

      // The way out: the catalogue's own cost is posted, and the sum of both lines is nothing.
      let report = try RepriceTests.reprice(scene)
      #expect(report.rowsAdjusted == 2)
      #expect(try books.checkPrices(.all).problems == [])
      let closed = try books.close(month, reason: nil, allowUnpriced: true, dryRun: false)
      #expect(closed.isClosed, "\(closed.problems)")
    }
  }

  private static func addCallAtHalfItsCost(_ scene: FinanceScene) throws {
    try scene.run(
      """
      INSERT INTO invocations SELECT (jsonb_populate_record(i, jsonb_build_object(
          'invocation_id', gen_random_uuid(), 'cost', cost / 2, 'source_offset', 99999))).*
        FROM invocations i WHERE cost_source = 'computed' AND tenant_id = 'globex'
          AND occurred_at < '\(scene.second)-01' ORDER BY occurred_at LIMIT 1
      """)
  }

  /// By rules of before, for instance: repricing puts it right, and then nobody names it.
  @Test func aCallThatWasPricedOtherwiseIsNamedUntilItIsRepriced() throws {
    try FinanceScene.with { scene in
      try Self.addCallAtHalfItsCost(scene)
      var books = try scene.books()
      let before = try books.checkPrices(.all)
      #expect(before.differences == 1 && before.problems.count == 1, "\(before.problems)")
      #expect(try RepriceTests.reprice(scene).rowsAdjusted == 1)
      #expect(try books.checkPrices(.all).problems == [])

      // From then on the record and its lines are judged together.
      try scene.run(
        """
        ALTER TABLE invocations DISABLE TRIGGER USER;
        UPDATE invocations SET cost = cost + 1
         WHERE invocation_id IN (SELECT invocation_id FROM cost_adjustments);
        ALTER TABLE invocations ENABLE TRIGGER USER
        """)
      let forged = try books.checkPrices(.all)
      #expect(forged.differences == 1, "\(forged.problems)")
      #expect(forged.problems.allSatisfy { $0.hasPrefix("line ") })
    }
  }

  @Test func aMonthIsNotClosedOnCostsThatTheCatalogueDoesNotMake() throws {
    try FinanceScene.with { scene in
      try Self.addCallAtHalfItsCost(scene)
      try scene.rebuild()
      let close = ["periods", "close", scene.first, "--allow-unpriced", "--yes"]
      for options in [[], ["--prices", "all"], ["--dry-run"]] {
        #expect(try scene.command(close + options).code == .checkFailed, "\(options)")
      }
      #expect(try scene.run("SELECT count(*) FROM statements") == "0")
      let repriced = try scene.command(
        "reprice", "--month", scene.first, "--reason", "rules of before", "--yes")
      #expect(repriced.code == .success, "\(repriced.output)")
      let closed = try scene.command(close + ["--prices", "all"])
      #expect(closed.code == .success, "\(closed.output)")
    }
  }

  /// Repricing posts nothing for it, so nobody could ever put it right.
  @Test func anotherPriceThatMakesTheSameCostIsNoDifference() throws {
    try FinanceScene.with { scene in
      try scene.price(
        "claude-x-20260101", input: "0.000003", output: "0.000015", cacheRead: "0.0000003")
      try scene.run(
        """
        INSERT INTO invocations SELECT (jsonb_populate_record(i, jsonb_build_object(
            'invocation_id', gen_random_uuid(), 'source_offset', 99999, 'ingested_at', now(),
            'price_version', (SELECT max(price_id)::text FROM model_prices)))).*
          FROM invocations i WHERE cost_source = 'computed' AND tenant_id = 'globex'
            AND occurred_at < '\(scene.second)-01' ORDER BY occurred_at LIMIT 1
        """)
      var books = try scene.books()
      #expect(try RepriceTests.reprice(scene).rowsAdjusted == 0)
      #expect(try books.checkPrices(.all).problems == [])
    }
  }

  private static func forgery(_ scene: FinanceScene, _ cost: String) -> String {
    """
    SELECT daybook_begin_reprice('\(scene.first)-01', '\(scene.second)-01', '{}', 'goodwill');
    SELECT daybook_post_adjustments((SELECT max(run_id) FROM reprice_runs), jsonb_agg(jsonb_build_object(
        'tenant_id', tenant_id, 'occurred_at', occurred_at, 'invocation_id', invocation_id, 'cost', (\(cost))::text,
        'currency', currency, 'price_version', price_version)))
      FROM (SELECT * FROM invocation_costs WHERE cost_source = 'computed' AND tenant_id = 'globex'
              AND occurred_at < '\(scene.second)-01' ORDER BY occurred_at LIMIT 2) AS x
    """
  }
}

extension FinanceScene {
  /// SQLSTATE of a statement of a login of app_finance; nil when it is done.
  func state(of sql: String) throws -> String? {
    var connection = try database.connect(as: "daybook_test_finance")
    do throws(PostgresError) {
      try connection.execute(sql)
      return nil
    } catch {
      return error.sqlState.rawValue
    }
  }
}
