// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat
import DaybookTesting
import Foundation
import Sysexits
import Testing

@testable import daybook

struct RepriceTests {
  @Test func aDryRunWritesNothingAndSaysWhatTheRunDoes() throws {
    try FinanceScene.with { scene in
      try scene.close(scene.first)
      try Self.changePrices(scene)
      var request = try Self.request(scene)
      request.isDryRun = true
      var books = try scene.books()
      let dry = try books.reprice(request) { _ in }
      let written = try scene.run(
        "SELECT (SELECT count(*) FROM cost_adjustments) + (SELECT count(*) FROM reprice_runs)")
      #expect(written == "0")
      request.isDryRun = false
      let real = try books.reprice(request) { _ in }
      #expect(dry.moves == real.moves)
      #expect(dry.rowsAdjusted == real.rowsAdjusted && dry.rowsExamined == real.rowsExamined)
      #expect(!real.moves.isEmpty && real.rowsAdjusted > 0)
      let noted = try scene.run("SELECT rows_adjusted || ' ' || rows_examined FROM reprice_runs")
      #expect(noted == "\(real.rowsAdjusted) \(real.rowsExamined)")
      let journal = try scene.run("SELECT count(*) FROM billing_journal WHERE action = 'reprice'")
      #expect(journal == "2")
    }
  }

  /// A failed call that does not tell its tokens: nobody knows what it cost, so it never costs 0.
  @Test func aCallWithoutTokensIsNotPricedAndKeepsNoMonthOpen() throws {
    try FinanceScene.with { scene in
      try scene.run(
        """
        INSERT INTO invocations (invocation_id, occurred_at, tenant_id, provider, operation, request_model,
          input_tokens, service_tier, cost_source, status, content_sha256, ingested_at, source_topic,
          source_partition, source_offset)
        SELECT gen_random_uuid(), '\(scene.first)-07T00:00:00Z', 'acme', 'anthropic', 'chat', 'claude-x', tokens,
          'standard', 'none', 'failure', '\\x00', now(), 'calls', 0, 9000
        FROM (VALUES (NULL), (1000)) AS v(tokens)
        """)
      try scene.rebuild()
      try scene.price("mystery", input: "1e-06", output: "2e-06")
      let report = try Self.reprice(scene)
      #expect(report.unpriced.filter { $0.key.reason == "no_usage" }.map(\.records) == [2])
      let priced = try scene.run(
        "SELECT count(*) FROM invocation_costs WHERE input_tokens IS NULL AND cost IS NOT NULL")
      #expect(priced == "0")
      var books = try scene.books()
      let month = try #require(Month(scene.first))
      let closed = try books.close(month, reason: nil, allowUnpriced: false, dryRun: false)
      #expect(closed.isClosed && closed.unpricedRecords == 0)
    }
  }

  /// What is counted off for a closed month must not hide what has no cost in this one.
  @Test func correctionsDoNotHideCallsWithoutACost() throws {
    try FinanceScene.with { scene in
      try scene.close(scene.first)
      try scene.price("mystery", input: "1e-06", output: "2e-06")
      var request = try Self.request(scene)
      request.to = try #require(Month(scene.second)).start
      var books = try scene.books()
      _ = try books.reprice(request) { _ in }
      let month = try #require(Month(scene.second))
      let refused = try books.close(month, reason: nil, allowUnpriced: false, dryRun: false)
      #expect(!refused.isClosed && refused.unpricedRecords > 0)
    }
  }

  @Test func everyCallCostsWhatTheCatalogueSaysAndASecondRunPostsNothing() throws {
    try FinanceScene.with { scene in
      try scene.close(scene.first)
      let closed = try scene.run(Self.closedRollups(scene))
      try Self.changePrices(scene)
      let first = try Self.reprice(scene)
      #expect(first.rowsAdjusted > 0)
      let wrong = try scene.run(
        """
        SELECT count(*) FROM invocation_costs WHERE cost_source <> 'producer' AND cost IS DISTINCT FROM
          CASE request_model
            WHEN 'mystery' THEN (input_tokens - 400) * 0.000001 + 400 * 0.000001 + output_tokens * 0.000002
            ELSE (input_tokens - 400) * 0.000002 + 400 * 0.000002 + output_tokens * 0.00001 END
        """)
      #expect(wrong == "0")
      let producers = try scene.run(
        """
        SELECT count(*) FROM cost_adjustments a JOIN invocations i USING (tenant_id, occurred_at, invocation_id)
         WHERE i.cost_source = 'producer'
        """)
      #expect(producers == "0")
      #expect(try scene.run(Self.closedRollups(scene)) == closed)
      #expect(try scene.run(Self.difference) == "0")
      let again = try Self.reprice(scene)
      #expect(again.rowsAdjusted == 0 && again.moves.isEmpty)
      #expect(again.rowsExamined == first.rowsExamined)
    }
  }

  @Test func theRepricedLineSaysWhoWhyAndFromWhichPriceToWhich() throws {
    try FinanceScene.with { scene in
      try Self.changePrices(scene)
      _ = try Self.reprice(scene)
      let bad = try scene.run(
        """
        SELECT count(*) FROM cost_adjustments a WHERE reason <> 'found' OR created_by IS NULL
          OR to_price_version NOT IN (SELECT price_id::text FROM model_prices WHERE superseded_by IS NULL)
          OR (model = 'claude-x') IS DISTINCT FROM
             coalesce(from_price_version IN (SELECT price_id::text FROM model_prices WHERE superseded_by IS NOT NULL), false)
        """)
      #expect(bad == "0")
    }
  }

  @Test func onlyWhatWasAskedForIsPricedAgain() throws {
    try FinanceScene.with { scene in
      try Self.changePrices(scene)
      var request = try Self.request(scene)
      request.model = "mystery"
      request.tenant = "acme"
      var books = try scene.books()
      let report = try books.reprice(request) { _ in }
      let models = try scene.run("SELECT string_agg(DISTINCT model, ',') FROM cost_adjustments")
      #expect(models == "mystery")
      #expect(Set(report.moves.map(\.key.tenant)) == ["acme"])
      request.provider = "nobody"
      let none = try books.reprice(request) { _ in }
      #expect(none.rowsExamined == 0)
    }
  }

  /// It would take back what a run of the new prices has put right.
  @Test func aRunOfOlderPricesIsRefused() throws {
    try BooksScene.with { scene in
      try scene.ingest([.init(at: BooksScene.month(BooksScene.monthsAgo[0]).start)])
      try scene.reprice("0.1")
      let begun = "SELECT daybook_begin_reprice('2020-01-01', '2030-01-01', '{}', 'older')"
      let run = try #require(try scene.value(begun))
      let post = "SELECT daybook_post_adjustments(\(run), '[]')"
      #expect(try scene.state(of: post) == nil)
      try scene.reprice("0.2")
      #expect(try scene.state(of: post) == "55000")
    }
  }

  @Test func aCallWhosePriceIsGoneKeepsItsCost() throws {
    try FinanceScene.with { scene in
      try scene.run(
        """
        SELECT daybook_change_prices((SELECT max(version) FROM price_versions), 'contract', 'manual',
          NULL, '{}', '[{"provider": "anthropic", "model": "claude-x", "service_tier": "standard",
          "min_input_tokens": 0, "effective_from": "2020-01-01", "ends": true}]', '[]')
        """)
      let report = try Self.reprice(scene)
      #expect(report.rowsAdjusted == 0)
      let kept = report.unpriced.filter(\.key.hasCost)
      #expect(kept.map(\.key.model) == ["claude-x"])
      let computed = try scene.run(
        "SELECT count(*) FROM invocations WHERE cost_source = 'computed'")
      #expect(String(kept.reduce(0) { $0 + $1.records }) == computed)
    }
  }

  @Test func worksThroughThePoolerForFinanceAlone() throws {
    try FinanceScene.with { scene in
      try scene.database.server.makeLogin("daybook_test_finance", memberOf: ["app_finance"])
      try Self.changePrices(scene)
      let arguments = [
        "reprice", "--from", scene.first, "--to", scene.present, "--reason", "found", "--json",
      ]
      let dry = try scene.command(arguments + ["--dry-run"], login: "daybook_test_finance")
      #expect(dry.code == .success, "\(dry.output)")
      let real = try scene.command(
        arguments + ["--yes"], route: .direct, login: "daybook_test_finance")
      #expect(real.code == .success, "\(real.output)")
      try scene.price("claude-x", input: "0.000004", output: "0.00001")
      let pooled = try scene.command(arguments + ["--yes"], route: .transactionPooler)
      #expect(pooled.code == .success, "\(pooled.output)")
      #expect(!pooled.output.contains("\"rows_adjusted\":0"))
      #expect(try scene.run(Self.difference) == "0")
    }
  }

  @Test func withoutATerminalItWantsYes() throws {
    try FinanceScene.with { scene in
      let result = try scene.command(
        "reprice", "--from", scene.first, "--to", scene.second, "--reason", "x")
      #expect(result.code == .usage)
    }
  }

  /// 12,000 calls are three chunks; the run is killed behind the first one.
  @Test func aKilledRunIsMadeGoodByRunningItAgain() throws {
    try FinanceScene.with { scene in
      try scene.run(
        """
        INSERT INTO invocations (invocation_id, occurred_at, tenant_id, provider, operation,
          request_model, input_tokens, output_tokens, service_tier, cost_source, status,
          content_sha256, ingested_at, source_topic, source_partition, source_offset)
        SELECT gen_random_uuid(), '\(scene.second)-10'::timestamptz + n * interval '1 second', 'globex',
          'anthropic', 'chat', 'mystery', n, 10, 'standard', 'none', 'success', '\\x00', now(),
          'calls', 1, n FROM generate_series(1, 12000) AS n
        """)
      try scene.rebuild()
      try Self.changePrices(scene)
      let killed = try scene.child(
        [
          "reprice", "--from", scene.first, "--to", scene.present, "--reason", "found", "--yes",
        ], ["DAYBOOK_FAULT": "reprice.posted:kill:2"])
      #expect(killed.status == 9)
      let posted = try #require(Int(scene.run("SELECT count(*) FROM cost_adjustments") ?? ""))
      #expect(posted > 5_000 && posted < 24_000)
      let report = try Self.reprice(scene)
      #expect(report.rowsAdjusted > 0)
      #expect(try scene.run("SELECT count(*) FROM invocation_costs WHERE cost IS NULL") == "0")
      #expect(try scene.run(Self.difference) == "0")
      let runs = try scene.run(
        "SELECT count(*) FILTER (WHERE finished_at IS NULL) || '/' || count(*) FROM reprice_runs")
      #expect(runs == "1/2")
    }
  }

  static func changePrices(_ scene: FinanceScene) throws {
    try scene.price("mystery", input: "0.000001", output: "0.000002")
    try scene.price("claude-x", input: "0.000002", output: "0.00001")
  }

  static func request(_ scene: FinanceScene) throws -> RepriceRequest {
    RepriceRequest(
      from: try #require(Month(scene.first)).start, to: try #require(Month(scene.present)).start,
      reason: "found")
  }

  static func reprice(_ scene: FinanceScene) throws -> RepriceReport {
    var books = try scene.books()
    return try books.reprice(try request(scene)) { _ in }
  }

  static func closedRollups(_ scene: FinanceScene) -> String {
    """
    SELECT md5(string_agg(c::text, ',' ORDER BY c::text)) FROM costs_daily c
     WHERE to_char(day, 'YYYY-MM') = '\(scene.first)'
    """
  }

  /// What calls cost now, less rollups and corrections: zero.
  static let difference = """
    SELECT trim_scale((SELECT sum(cost) FROM invocation_costs) - (SELECT sum(cost) FROM costs_daily)
      - coalesce((SELECT sum(cost) FROM cost_adjustments WHERE billing_month <> charge_month), 0))
      + (SELECT count(*) FROM invocations) - (SELECT sum(records) FROM costs_daily)
      - coalesce((SELECT sum(records) FROM cost_adjustments WHERE billing_month <> charge_month), 0)
    """
}
