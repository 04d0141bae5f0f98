// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Testing

/// What the database itself refuses, whoever asks and with whatever program.
struct BooksGuardTests {
  @Test(arguments: TestServer.all)
  func aDayWithTwoMidnightsIsRebuiltWhole(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      // Clocks in Havana went from 01:00 back to 00:00 on this day: it began twice.
      try database.value(
        """
        SELECT daybook_create_partition('invocations', '2020-11-01');
        SELECT daybook_set_tenant('h', '{"time_zone": "America/Havana"}', 'test');
        SELECT daybook_close_period('2020-10-01', 'test');
        \(Self.call("h", "2020-11-01 04:30Z", 100)); \(Self.call("h", "2020-11-01 06:30Z", 1));
        """)
      for zone in ["America/New_York", "America/Havana", "UTC"] {
        try database.value(
          "SELECT daybook_set_tenant('h', '{\"time_zone\": \"\(zone)\"}', 'test')")
        let days = try database.value(
          "SELECT string_agg(day || ' ' || trim_scale(cost), ',') FROM costs_daily")
        #expect(days == "2020-11-01 101", "\(zone)")
      }
    }
  }

  @Test func monthsThatAreSkippedAreClosedToo() throws {
    try TestDatabase.with { database in
      try database.value(
        "SELECT daybook_close_period('2020-01-01', 'a'), daybook_close_period('2020-04-01', 'b')")
      let closed = try database.value(
        """
        SELECT string_agg(to_char(month, 'MM') || status || version, ' ' ORDER BY month)
        FROM billing_periods JOIN statements USING (month, version)
        """)
      #expect(closed == "01closed1 02closed1 03closed1 04closed1")
    }
  }

  @Test func anotherIsolationLevelIsRefused() throws {
    try TestDatabase.with { database in
      for call in [
        "daybook_share_books()", "daybook_lock_books()", "daybook_close_period('2020-01-01', 'x')",
        "daybook_post_adjustments(1, '[]')", "daybook_repair_rollups(1, 'x')",
        "daybook_set_tenant('t', '{}', 'x')",
        "daybook_change_prices(0, 'x', 'manual', NULL, '{}', '[]', '[]')",
      ] {
        try Self.expect(
          "0A000", "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT \(call)", database
        )
      }
    }
  }

  @Test func onlyRightItemsArePosted() throws {
    // The one of the call, then of another model, tier, threshold and time.
    let prices = [
      Self.price(), Self.price(model: "other"), Self.price(tier: "batch"), Self.price(above: 7),
      Self.price(from: "2019-01-01", to: "2020-01-01"),
    ]
    try TestDatabase.with { database in
      try database.value(
        """
        SELECT daybook_create_partition('invocations', '2020-11-01');
        SELECT daybook_change_prices(0, 'test', 'manual', NULL, '{}', '[\(prices.joined(separator: ", "))]', '[]');
        \(Self.call("t", "2020-11-02 00:00Z", nil));
        SELECT daybook_begin_reprice('2020-11-01', '2020-12-01', '{}', 'test')
        """)
      let right = ["cost": "7", "currency": "USD", "price_version": "1"]
      let wrong: [[String: String]] = [
        ["cost": "-7"], ["cost": "0"], ["cost": "1000000"], ["cost": "6.999999999999"],
        ["currency": "XXX"], ["currency": "EUR"], ["price_version": "6"], ["price_version": "2"],
        ["price_version": "3"], ["price_version": "4"], ["price_version": "5"],
        ["occurred_at": "2020-12-01T00:00:00Z"],
      ]
      for change in wrong {
        try Self.expect("22023", Self.post(1, [right.merging(change) { $1 }]), database)
      }
      try Self.expect("22023", Self.post(1, [right, right]), database)
      try Self.expect("55000", Self.post(2, [right]), database)
      let posted = try database.value(Self.post(1, [right]))
      let again = try database.value(Self.post(1, [right]))
      #expect(posted == "1" && again == "0")
      try database.value("SELECT daybook_finish_reprice(1, 1)")
      try Self.expect("55000", Self.post(1, [right]), database)
      let costs = try database.value(
        "SELECT string_agg(currency || trim_scale(cost) || ' ' || records, ',' ORDER BY records) FROM costs_daily"
      )
      #expect(costs == "XXX0 -1,USD7 1")
    }
  }

  @Test func aLineIsBilledWhereTheCalendarSays() throws {
    try TestDatabase.with { database in
      try database.value("SELECT daybook_close_period('2020-01-01', 'x')")
      for month in ["2020-01-01", "2020-03-01"] {
        try Self.expect(
          "23514",
          """
          INSERT INTO cost_adjustments (kind, tenant_id, charge_day, billing_month, time_zone, project_id,
            provider, model, service_tier, currency, cost, records, failed_records, unpriced_records,
            input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
            reasoning_output_tokens, reason, batch_id)
          VALUES ('late', 't', '2020-01-05', '\(month)', 'UTC', '', 'p', 'm', 'standard', 'USD', 1, 1, 0, 0,
            0, 0, 0, 0, 0, 'x', gen_random_uuid())
          """, database)
      }
    }
  }

  @Test func closedRollupsDoNotChange() throws {
    try TestDatabase.with { database in
      let row =
        "'t', '2020-01-01', '', 'p', 'm', 'standard', 'USD', 1, 1, 0, 0, 0, 0, 0, 0, 0, now()"
      for table in ["costs_daily", "costs_monthly"] {
        try database.value("INSERT INTO \(table) VALUES (\(row))")
      }
      try database.value("SELECT daybook_close_period('2020-01-01', 'x')")
      for (table, period) in [("costs_daily", "day"), ("costs_monthly", "month")] {
        for sql in [
          "INSERT INTO \(table) SELECT 'u', \(period), project_id, provider, model, service_tier, currency,"
            + " 1, 1, 0, 0, 0, 0, 0, 0, 0, now() FROM \(table)",
          "UPDATE \(table) SET cost = 0", "UPDATE \(table) SET \(period) = '2020-02-01'",
          "DELETE FROM \(table)", "TRUNCATE \(table)",
        ] {
          try Self.expect("42501", sql, database)
        }
        let open = row.replacing("2020-01-01", with: "2020-02-01")
        try database.value("INSERT INTO \(table) VALUES (\(open))")
        try Self.expect(
          "42501", "UPDATE \(table) SET \(period) = '2020-01-15' WHERE \(period) > '2020-01-31'",
          database)
      }
    }
  }

  @Test func whatFinanceKnowsOfATenantIsJournaled() throws {
    try TestDatabase.with { database in
      for (change, state) in [
        (#"{"timezone": "Asia/Tokyo"}"#, "22023"), (#"{"time_zone": "localtime"}"#, "22023"),
        (#"{"time_zone": "posix/Cuba"}"#, "22023"), (#"{"currency": "BTC"}"#, "23503"),
      ] {
        try Self.expect(state, "SELECT daybook_set_tenant('t', '\(change)', 'x')", database)
      }
      try Self.expect(
        "23502", #"SELECT daybook_set_tenant('t', '{"payer": "ACME"}', NULL)"#, database)
      try database.value(
        """
        SELECT daybook_set_tenant('t', '{"payer": "ACME"}', 'signed'),
          daybook_set_tenant('t', '{"payer": "ACME"}', 'the same'),
          daybook_set_tenant('t', '{"payer": "GLOBEX"}', 'sold')
        """)
      let journal = try database.value(
        """
        SELECT string_agg(reason || ' ' || coalesce(detail->'before'->>'payer', '-') || '>'
          || (detail->'after'->>'payer'), ', ' ORDER BY id) FROM billing_journal WHERE action = 'tenant'
        """)
      #expect(journal == "signed ->ACME, sold ACME>GLOBEX")
    }
  }

  @Test func aPriceKeepsItsDigits() throws {
    try TestDatabase.with { database in
      let price = { (text: String) in
        """
        SELECT daybook_change_prices(0, 'test', 'manual', NULL, '{}', '[{"provider": "p", "model": "m",
          "service_tier": "standard", "min_input_tokens": 0, "currency": "USD", "input_price": "\(text)",
          "effective_from": "2020-01-01T00:00:00Z"}]', '[]')
        """
      }
      try Self.expect("22023", price("4e-25"), database)
      try Self.expect("22003", price("1000"), database)
      try Self.expect("23514", price("-1"), database)
      try Self.expect("23514", price("NaN"), database)
      try database.value(price("4.0e-24"))
      let kept = try database.value("SELECT input_price FROM model_prices")
      #expect(kept == "0.000000000000000000000004")
    }
  }

  private static func call(_ tenant: String, _ at: String, _ cost: Int?) -> String {
    """
    INSERT INTO invocations (invocation_id, occurred_at, tenant_id, provider, operation, request_model,
      input_tokens, output_tokens, service_tier, cost, currency, cost_source, status, content_sha256,
      ingested_at, source_topic, source_partition, source_offset)
    VALUES ('00000000-0000-7000-8000-000000000001', '\(at)', '\(tenant)', 'p', 'chat', 'm', 7, 0, 'standard',
      \(cost.map(String.init) ?? "NULL"), \(cost == nil ? "NULL" : "'USD'"),
      '\(cost == nil ? "none" : "producer")', 'success', '\\x00', now(), 't', 0, 0)
    """
  }

  private static func price(
    model: String = "m", tier: String = "standard", above: Int = 0, from: String = "2020-01-01",
    to: String? = nil
  ) -> String {
    let end = to.map { ", \"effective_to\": \"\($0)T00:00:00Z\"" } ?? ""
    return """
      {"provider": "p", "model": "\(model)", "service_tier": "\(tier)", "min_input_tokens": \(above),
       "currency": "USD", "input_price": "1", "effective_from": "\(from)T00:00:00Z"\(end)}
      """
  }

  private static func post(_ run: Int, _ items: [[String: String]]) -> String {
    let record = [
      "tenant_id": "t", "occurred_at": "2020-11-02T00:00:00Z",
      "invocation_id": "00000000-0000-7000-8000-000000000001",
    ]
    let objects = items.map { item in
      let members = record.merging(item) { $1 }.map { "\"\($0.key)\": \"\($0.value)\"" }
      return "{" + members.joined(separator: ", ") + "}"
    }
    return "SELECT daybook_post_adjustments(\(run), '[\(objects.joined(separator: ", "))]')"
  }

  private static func expect(
    _ state: String, _ sql: String, _ database: TestDatabase,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var connection = try database.connect()
    do throws(PostgresError) {
      try connection.execute(sql)
      Issue.record("done: \(sql)", sourceLocation: sourceLocation)
    } catch {
      #expect(error.sqlState.rawValue == state, "\(sql): \(error)", sourceLocation: sourceLocation)
    }
  }
}
