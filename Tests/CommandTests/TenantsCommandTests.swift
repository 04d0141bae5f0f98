// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Sysexits
import Testing
import daybook

@Suite struct TenantsCommandTests {
  private static let login = "daybook_test_finance"

  /// A login that is a member of app_finance only.
  private func finance(_ scene: CommandScene) throws -> [String: String] {
    try scene.database.server.makeLogin(Self.login, memberOf: ["app_finance"])
    let url = try scene.database.settings(.direct, ["user": Self.login, "password": "test"])
    return ["DAYBOOK_DATABASE_URL": url.conninfo, "DAYBOOK_ADMIN_DATABASE_URL": url.conninfo]
  }

  /// Records of acme in the last hours of each of the last months, and their rollups by UTC days.
  private func addRecords(_ scene: CommandScene) throws {
    try scene.database.value(
      """
      DO $$ BEGIN
        FOR back IN 0..3 LOOP
          PERFORM daybook_ensure_partition('invocations',
            (date_trunc('month', now()) - make_interval(months => back))::date);
        END LOOP;
      END $$;
      INSERT INTO invocations (invocation_id, occurred_at, tenant_id, provider, operation, request_model,
        service_tier, cost, currency, cost_source, status, content_sha256, ingested_at, source_topic,
        source_partition, source_offset)
      SELECT gen_random_uuid(), date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
          - make_interval(months => n % 3) - interval '1 hour',
        'acme', 'p', 'chat', 'm', 'standard', 1, 'USD', 'producer', 'success', '', now(), 't', 0, n
      FROM generate_series(0, 29) AS n;
      INSERT INTO costs_daily (tenant_id, day, project_id, provider, model, service_tier, currency, cost,
        records, failed_records, unpriced_records, input_tokens, output_tokens, cache_read_input_tokens,
        cache_creation_input_tokens, reasoning_output_tokens, updated_at)
      SELECT 'acme', (occurred_at AT TIME ZONE 'UTC')::date, '', 'p', 'm', 'standard', 'USD', sum(cost),
        count(*), 0, 0, 0, 0, 0, 0, 0, now() FROM invocations GROUP BY 2;
      INSERT INTO costs_monthly (tenant_id, month, project_id, provider, model, service_tier, currency,
        cost, records, failed_records, unpriced_records, input_tokens, output_tokens,
        cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, updated_at)
      SELECT tenant_id, date_trunc('month', day)::date, '', 'p', 'm', 'standard', 'USD', sum(cost),
        sum(records), 0, 0, 0, 0, 0, 0, 0, now() FROM costs_daily GROUP BY 1, 2;
      """)
  }

  private func months(_ scene: CommandScene) throws -> String? {
    try scene.database.value(
      "SELECT string_agg(extract(month FROM age(date_trunc('month', now()), month)) || ':' || records, ' '"
        + " ORDER BY month) FROM costs_monthly")
  }

  @Test(arguments: TestServer.all)
  func financeChangesATenant(_ server: TestServer) throws {
    try CommandScene.with(on: server) { scene in
      let environment = try finance(scene)
      try addRecords(scene)
      #expect(try months(scene) == "3:10 2:10 1:10")
      let zone = ["--time-zone", "Europe/Berlin", "--reason", "contract 7"]
      let dry = try scene.run(["tenants", "set", "acme"] + zone + ["--dry-run"], environment)
      #expect(dry.code == .success)
      #expect(dry.output.contains("tenant acme: time_zone → Europe/Berlin\n"))
      #expect(dry.output.contains("no month is closed: the zone holds for all of them\n"))
      #expect(dry.output.contains(" is made again: 10 records\n"))
      #expect(try scene.database.value("SELECT count(*) FROM tenants") == "0")
      // It moves money: without a terminal to ask on, --yes must be given.
      #expect(try scene.run(["tenants", "set", "acme"] + zone, environment).code == .usage)

      let set = try scene.run(["tenants", "set", "acme"] + zone + ["--yes"], environment)
      #expect(set.code == .success)
      #expect(set.output == "tenant acme was changed, its open months were made again\n")
      #expect(try months(scene) == "2:10 1:10 0:10")
      #expect(
        try scene.database.value(
          "SELECT string_agg(DISTINCT concat_ws(' ', action, reason, by), ', ') FROM billing_journal"
        )
          == "time_zone contract 7 \(Self.login)")
      let again = try scene.run(["tenants", "set", "acme"] + zone, environment)
      #expect(again.output == "tenant acme was changed\n")

      let named = try scene.run(
        ["tenants", "set", "acme", "--name", "Acme Inc.", "--payer", "4711", "--currency", "EUR"]
          + ["--reason", "new"], environment)
      #expect(named.code == .success)
      let listed = try scene.run(["tenants", "list"], environment).output
      #expect(listed.contains("acme       Acme Inc.  Europe/Berlin  always  4711   EUR"))
      _ = try scene.run(["tenants", "set", "acme", "--payer", "", "--reason", "r"], environment)
      let shown = try #require(
        try scene.json(["tenants", "show", "acme"], environment) as? [String: Any])
      #expect(shown["payer"] is String == false)
      #expect(shown["display_name"] as? String == "Acme Inc.")
      #expect((shown["open_months"] as? [Any])?.count == 3)
      #expect((shown["zones"] as? [[String: Any]])?.first?["set_by"] as? String == Self.login)
    }
  }

  @Test func closedMonthsKeepTheirZone() throws {
    try CommandScene.with { scene in
      try addRecords(scene)
      let environment = try finance(scene)
      for back in [3, 2] {
        try scene.database.value(
          "SELECT daybook_close_period((date_trunc('month', now()) - interval '\(back) months')::date, 'r')"
        )
      }
      let arguments = ["tenants", "set", "acme", "--time-zone", "Asia/Tokyo", "--reason", "r"]
      let dry = try #require(
        try scene.json(arguments + ["--dry-run"], environment) as? [String: Any])
      #expect(dry["records"] as? Int == 10)
      #expect(dry["rebuilt"] as? Bool == true)
      #expect(try scene.run(arguments + ["--yes"], environment).code == .success)
      #expect(try months(scene) == "3:10 2:10 0:10")
      let shown = try scene.run(["tenants", "show", "acme"], environment).output
      let first =
        try scene.database.value(
          "SELECT to_char(now() - interval '1 month', 'YYYY-MM')") ?? ""
      #expect(shown.contains("Asia/Tokyo from \(first) on"))
    }
  }

  /// A month that was reopened has the zone that it was closed with, though the tenant has another.
  @Test func aReopenedMonthIsMovedOnlyWhenConfirmed() throws {
    try CommandScene.with { scene in
      try addRecords(scene)
      let environment = try finance(scene)
      for back in [3, 2] {
        try scene.database.value(
          "SELECT daybook_close_period((date_trunc('month', now()) - interval '\(back) months')::date, 'r')"
        )
      }
      let arguments = ["tenants", "set", "acme", "--time-zone", "Asia/Tokyo", "--reason", "r"]
      #expect(try scene.run(arguments + ["--yes"], environment).code == .success)
      try scene.database.value(
        "SELECT daybook_reopen_period((date_trunc('month', now()) - interval '2 months')::date, 'r')"
      )
      #expect(try scene.database.value("SELECT time_zone FROM tenants") == "Asia/Tokyo")
      let before = try months(scene)
      let dry = try #require(
        try scene.json(arguments + ["--dry-run"], environment) as? [String: Any])
      #expect(dry["rebuilt"] as? Bool == true)
      #expect(try scene.run(arguments, environment).code == .usage)
      #expect(try months(scene) == before)
      let moved = try scene.run(arguments + ["--yes"], environment)
      #expect(moved.output == "tenant acme was changed, its open months were made again\n")
      #expect(try months(scene) != before)
      let again = try scene.run(arguments, environment)
      #expect(again.output == "tenant acme was changed\n")
    }
  }

  @Test func anUnknownTenantIsTold() throws {
    try CommandScene.with { scene in
      try addRecords(scene)
      let arguments = ["--time-zone", "Asia/Tokyo", "--reason", "r", "--dry-run"]
      let unknown = try #require(
        try scene.json(["tenants", "set", "acmee"] + arguments) as? [String: Any])
      #expect(unknown["known"] as? Bool == false)
      let known = try #require(
        try scene.json(["tenants", "set", "acme"] + arguments) as? [String: Any])
      #expect(known["known"] as? Bool == true)
    }
  }

  @Test func slipsAreToldBeforeAnythingHappens() throws {
    try CommandScene.with { scene in
      let why = ["--reason", "r"]
      func refused(_ arguments: [String], _ words: String) throws {
        let result = try scene.run(["tenants", "set"] + arguments)
        #expect(result.code == .usage, "\(arguments)")
        #expect(result.output.contains(words), "\(result.output)")
      }
      try refused(
        ["acme", "--time-zone", "Europe/Berln"] + why, "(did you mean Europe/Berlin?)")
      try refused(["acme", "--time-zone", "CEST+2"] + why, "there is no time zone CEST+2")
      try refused(["acme", "--currency", "EURO"] + why, "there is no currency EURO")
      try refused(["acme"] + why, "nothing to change")
      try refused(["acme", "--name", "A"], "--reason")
      try refused(["acme", "--name", "A", "--reason", " "], "--reason is blank")
      try refused(["", "--name", "A"] + why, "the tenant is empty")
      #expect(try scene.run(["tenants", "show", "acme"]).code == .noInput)
      #expect(try scene.database.value("SELECT count(*) FROM tenants") == "0")
    }
  }

  @Test func whatIsInTheWayIsSaid() throws {
    try CommandScene.with { scene in
      try addRecords(scene)
      let arguments = [
        "tenants", "set", "acme", "--time-zone", "Asia/Tokyo", "--reason", "r", "--dry-run",
      ]
      #expect(try scene.run(arguments).code == .success)
      let partition = try scene.database.makePartition(of: "invocations", monthsAgo: 20)
      try scene.database.retire(partition, of: "invocations", upTo: .detached)
      let retired = try scene.run(arguments)
      #expect(retired.code == .temporary)
      #expect(retired.output.contains("have left with retired partitions"))
      let month = "(date_trunc('month', now()) - interval '2 months')::date"
      for back in [3, 2] {
        try scene.database.value(
          "SELECT daybook_close_period((date_trunc('month', now()) - interval '\(back) months')::date, 'r')"
        )
      }
      try scene.database.value(
        """
        -- As a month leaves it that was closed and reopened.
        ALTER TABLE cost_adjustments DISABLE TRIGGER check_billing_month;
        INSERT INTO cost_adjustments (kind, tenant_id, charge_day, billing_month, time_zone, project_id,
          provider, model, service_tier, currency, cost, records, failed_records, unpriced_records,
          input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
          reasoning_output_tokens, reason, batch_id)
        VALUES ('late', 'acme', \(month), daybook_first_open_month(), 'UTC', '', 'p', 'm', 'standard', 'USD', 1, 1,
          0, 0, 0, 0, 0, 0, 0, 'r', gen_random_uuid())
        """)
      try scene.database.value("SELECT daybook_reopen_period(\(month), 'r')")
      let name = try scene.database.value("SELECT to_char(\(month), 'YYYY-MM')") ?? ""
      let reopened = try scene.run(arguments)
      #expect(reopened.code == .temporary)
      #expect(reopened.output.contains("daybook periods close \(name)"))
    }
  }
}
