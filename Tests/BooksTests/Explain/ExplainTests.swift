// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat
import DaybookTesting
import Foundation
import Sysexits
import Testing

@testable import daybook

struct ExplainTests {
  @Test func anOpenMonthIsTheSumOfItsRecords() throws {
    try FinanceScene.with { scene in
      let found = try Self.explain(scene, "acme", scene.second)
      #expect(found.isGood)
      #expect(found.checks.count == 4)
      let billed = try #require(found.sections.first { $0.name == "billed" })
      let expected = try scene.run(
        """
        SELECT trim_scale(cost) FROM costs_monthly WHERE tenant_id = 'acme' AND currency = 'USD'
          AND to_char(month, 'YYYY-MM') = '\(scene.second)' AND false
        UNION ALL SELECT trim_scale(sum(cost)) FROM costs_monthly WHERE tenant_id = 'acme'
          AND currency = 'USD' AND to_char(month, 'YYYY-MM') = '\(scene.second)'
        """)
      #expect(billed.rows.first?[3] == expected)
      let prices = try #require(found.sections.first { $0.name == "prices" })
      let rates = prices.rows.compactMap { $0[6] }
      #expect(rates == ["input 0.000003, output 0.000015, cache_read_input 0.0000003"])
    }
  }

  /// Whoever multiplies by hand needs every rate, and two regions have different ones.
  @Test func aPriceIsShownWithItsRegionAndEveryRate() throws {
    try FinanceScene.with { scene in
      try scene.run(
        """
        ALTER TABLE model_prices DISABLE TRIGGER USER;
        UPDATE model_prices SET region = 'eu', cache_read_audio_input_price = 0.000001,
          cache_creation_audio_input_price = 0.000002
        """)
      let found = try Self.explain(scene, "acme", scene.second)
      let prices = try #require(found.sections.first { $0.name == "prices" })
      let row = try #require(prices.rows.first { $0[6] != nil })
      #expect(row[5]?.hasSuffix(" standard in eu") == true, "\(row)")
      #expect(
        row[6]?.hasSuffix("cache_read_audio_input 0.000001, cache_creation_audio_input 0.000002")
          == true, "\(row)")
    }
  }

  @Test func aClosedMonthWithCorrectionsStillAddsUp() throws {
    try FinanceScene.with { scene in
      try scene.close(scene.first)
      try RepriceTests.changePrices(scene)
      _ = try RepriceTests.reprice(scene)
      try Self.addLate(scene)
      for (tenant, month) in [
        ("acme", scene.first), ("acme", scene.second), ("globex", scene.first),
        ("globex", scene.second),
      ] {
        let found = try Self.explain(scene, tenant, month)
        #expect(
          found.isGood, "\(tenant) \(month): \(ExplainText.text(found, TableView(width: nil)))")
        let adjustments = try #require(found.sections.first { $0.name == "adjustments" })
        #expect(!adjustments.rows.isEmpty)
      }
      let closed = try Self.explain(scene, "acme", scene.first)
      let period = try #require(closed.sections.first { $0.name == "period" })
      #expect(period.rows.first?[0] == "closed" && period.rows.first?[1] == "1")
      let late = try #require(closed.sections.first { $0.name == "late_batches" })
      #expect(late.rows.map { [$0[2], $0[5]] } == [["k", "900"]])
    }
  }

  /// Another cluster had the same topic, and a record at the same offset shortly before.
  @Test func aBatchIsNamedWithItsCluster() throws {
    try FinanceScene.with { scene in
      try scene.close(scene.first)
      try Self.addLate(scene)
      try scene.run(
        """
        INSERT INTO ingest_batches (batch_id, committed_at, owner, seen, stored, duplicates, rejected, gap_offsets, spans)
        SELECT gen_random_uuid(), committed_at - interval '30 minutes', owner, seen, stored, duplicates, rejected,
          gap_offsets, jsonb_set(spans, '{0,cluster}', '"other"')
        FROM ingest_batches WHERE batch_id = '0190b7c2-6f3e-7c1a-9a53-0000000000b9'
        """)
      var books = try scene.books()
      let month = try #require(Month(scene.first))
      let found = try books.explain(ExplainRequest(tenant: "acme", month: month, limit: 1000))
      let calls = try #require(found.sections.first { $0.name == "calls" })
      let call = try #require(calls.rows.first { $0[13] == "900" })
      #expect(call[10] == "k" && call[15] == "0190b7c2-6f3e-7c1a-9a53-0000000000b9")
    }
  }

  @Test func whatIsCutIsCounted() throws {
    try FinanceScene.with { scene in
      var books = try scene.books()
      let month = try #require(Month(scene.first))
      let all = try books.explain(ExplainRequest(tenant: "acme", month: month, limit: 1000))
      let cut = try books.explain(ExplainRequest(tenant: "acme", month: month, limit: 1))
      for name in ["rollups", "prices"] {
        let whole = try #require(all.sections.first { $0.name == name })
        let part = try #require(cut.sections.first { $0.name == name })
        #expect(whole.rows.count > 1 && whole.more == 0, "\(name)")
        #expect(part.rows == [whole.rows[0]] && part.more == Int64(whole.rows.count) - 1, "\(name)")
      }
    }
  }

  @Test(arguments: ["day", "model"])
  func aPartOfTheMonthAddsUpToo(_ scope: String) throws {
    try FinanceScene.with { scene in
      try RepriceTests.changePrices(scene)
      _ = try RepriceTests.reprice(scene)
      let option = scope == "day" ? ["--day", "\(scene.first)-28"] : ["--model", "mystery"]
      let result = try scene.command(
        ["costs", "explain", "--tenant", "acme", "--month", scene.first] + option)
      #expect(result.code == .success, "\(result.output)")
      #expect(result.output.contains("ok:  the days are their records"))
      #expect(scope == "day" || !result.output.contains("claude-x  "))
    }
  }

  /// One unit of the last digit, in each of the tables.
  @Test(arguments: [
    "UPDATE costs_daily SET cost = cost + 0.000000000001 WHERE ctid = (SELECT min(ctid) FROM costs_daily WHERE tenant_id = 'acme' AND currency = 'USD' AND to_char(day, 'YYYY-MM') = 'MONTH')",
    "UPDATE costs_monthly SET cost = cost - 0.000000000001 WHERE ctid = (SELECT min(ctid) FROM costs_monthly WHERE tenant_id = 'acme' AND currency = 'USD' AND to_char(month, 'YYYY-MM') = 'MONTH')",
    "UPDATE costs_daily SET records = records + 1 WHERE ctid = (SELECT min(ctid) FROM costs_daily WHERE tenant_id = 'acme' AND currency = 'XXX' AND to_char(day, 'YYYY-MM') = 'MONTH')",
  ])
  func theLastDigitIsMissed(_ drift: String) throws {
    try FinanceScene.with { scene in
      try scene.run(drift.replacing("MONTH", with: scene.second))
      let result = try scene.command(
        "costs", "explain", "--tenant", "acme", "--month", scene.second)
      #expect(result.code == .checkFailed)
      #expect(result.output.contains("BAD: "))
    }
  }

  @Test func aChangedStatementIsFound() throws {
    try FinanceScene.with { scene in
      try scene.close(scene.first)
      try scene.run(
        """
        ALTER TABLE statement_lines DISABLE TRIGGER ALL;
        UPDATE statement_lines SET records = records + 1 WHERE tenant_id = 'acme' AND currency = 'USD'
        """)
      let found = try Self.explain(scene, "acme", scene.first)
      let bad = found.checks.filter { !$0.isGood }.map(\.what)
      #expect(
        bad == [
          "the statement's SHA-256 is that of its lines", "the statement is rollup and corrections",
        ])
    }
  }

  @Test func runsForFinanceAloneAndThroughThePooler() throws {
    try FinanceScene.with { scene in
      try scene.database.server.makeLogin("daybook_test_finance", memberOf: ["app_finance"])
      let arguments = ["costs", "explain", "--tenant", "acme", "--month", scene.first, "--json"]
      let alone = try scene.command(arguments, login: "daybook_test_finance")
      #expect(alone.code == .success, "\(alone.output)")
      let pooled = try scene.command(arguments, route: .transactionPooler)
      #expect(pooled.output == alone.output)
      let object = try #require(
        JSONSerialization.jsonObject(with: Data(alone.output.utf8)) as? [String: Any])
      #expect(object["good"] as? Bool == true)
      let calls = try #require(object["calls"] as? [[String: Any]])
      #expect(calls.count == 6)
      #expect(calls.first?["topic"] as? String == "calls" && calls.first?["offset"] is Int)
    }
  }

  /// A call that came from an item of a record is named with it; other calls have an offset.
  @Test func anItemIsNamedBehindItsOffset() throws {
    try FinanceScene.with { scene in
      try scene.run(
        """
        ALTER TABLE invocations DISABLE TRIGGER USER;
        UPDATE invocations SET source_item = 7 WHERE source_offset % 2 = 1;
        ALTER TABLE invocations ENABLE TRIGGER USER
        """)
      let found = try Self.explain(scene, "acme", scene.first)
      let calls = try #require(found.sections.first { $0.name == "calls" })
      let offset = try #require(calls.columns.firstIndex { $0.name == "offset" })
      let item = try #require(calls.columns.firstIndex { $0.name == "item" })
      #expect(Set(calls.rows.map { $0[item] }) == [nil, "7"])
      let text = ExplainText.text(found, TableView(width: nil))
      for row in calls.rows {
        let place = (row[offset] ?? "") + (row[item].map { "#\($0)" } ?? "")
        #expect(text.contains(" \(place)"), "\(place)")
      }
      #expect(!text.contains(" item "))
      let json = ExplainText.json(found).text
      #expect(json.contains("\"item\":7") && json.contains("\"item\":null"))
    }
  }

  @Test func recordsThatHaveLeftAreSaidToHaveLeft() throws {
    try FinanceScene.with { scene in
      let partition = "invocations_p" + scene.first.replacing("-", with: "") + "01"
      try scene.run("UPDATE partition_policies SET retention_months = 1")
      try scene.database.retire(partition, of: "invocations")
      let found = try Self.explain(scene, "acme", scene.first)
      #expect(found.isGood && found.notes.count == 1)
      #expect(!found.checks.contains { $0.what.hasPrefix("the days are") })
    }
  }

  static func explain(
    _ scene: FinanceScene, _ tenant: String, _ month: String
  ) throws -> Explanation {
    var books = try scene.books()
    return try books.explain(
      ExplainRequest(tenant: tenant, month: try #require(Month(month))))
  }

  /// One record of the closed month, as ingest books it.
  static func addLate(_ scene: FinanceScene) throws {
    let batch = "0190b7c2-6f3e-7c1a-9a53-0000000000b9"
    try scene.run(
      scene.record("acme", at: "'\(scene.first)-09T12:00:00Z'", model: "claude-x", number: 900)
        + """
        ;
        INSERT INTO cost_adjustments (kind, tenant_id, charge_day, billing_month, time_zone, project_id,
          provider, model, service_tier, currency, cost, records, failed_records, unpriced_records,
          input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
          reasoning_output_tokens, reason, batch_id)
        SELECT 'late', tenant_id, '\(scene.first)-09', '\(scene.second)-01', 'Europe/Berlin', 'search',
          provider, request_model, service_tier, currency, cost, 1, 0, 0, input_tokens, output_tokens,
          400, 0, 50, 'came after it was closed', '\(batch)' FROM invocations WHERE source_offset = 900;
        INSERT INTO ingest_batches (batch_id, owner, seen, stored, duplicates, rejected, gap_offsets,
          spans)
        VALUES ('\(batch)', 'w', 1, 1, 0, 0, 0, '[{"cluster":"k","topic":"calls","partition":0,
          "from":900,"next":901,"table":"invocations","seen":1,"stored":1,"duplicates":0,"rejected":0,
          "gaps":0}]')
        """)
  }
}
