// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Ledger
import Postgres
import Records
import Testing

@testable import Books
@testable import Ingest

/// As each role, by every function that it may call, somebody tries to change money: it is refused,
/// changes nothing, has his name in a journal, or is noticed.
@Suite struct MoneyByRoleTests {
  static let roles = ["app_write", "app_read", "app_finance", "app_maintain", "app_audit_read"]
  private static let first = BooksScene.month(BooksScene.monthsAgo[0])
  private static let second = BooksScene.month(BooksScene.monthsAgo[1])

  @Test(arguments: roles)
  func noFunctionChangesMoneySilently(_ role: String) throws {
    try BooksScene.with { scene in
      let login = "daybook_test_\(role)"
      try scene.database.server.makeLogin(login, memberOf: [role])
      try scene.ingest([
        .init(at: Self.first.start), .init(at: Self.second.start),
        .init(at: Self.second.start, cost: nil),
      ])
      try scene.value("SELECT daybook_close_period('\(Self.first)-01', 'over')")
      var functions = try scene.functions(of: role)
      #expect(functions.count > 3)
      for (function, attempts) in Self.attempts where functions.remove(function) != nil {
        for attempt in attempts {
          let state = try scene.changes(attempt, as: login)
          #expect(
            !state.isChanged || state.isJournaled || Self.noticed.contains(function),
            "\(role) by \(attempt): \(state.code ?? "done")")
        }
      }
      #expect(functions.sorted() == [], "nobody has tried to change money with these")
    }
  }

  /// What changes money without an entry in a journal: ingest's own steps, called by hand.
  @Test(arguments: noticed.sorted())
  func whatIsNotJournaledIsNoticed(_ function: String) throws {
    try BooksScene.with { scene in
      let login = "daybook_test_app_write"
      try scene.database.server.makeLogin(login, memberOf: ["app_write"])
      try scene.ingest([.init(at: Self.first.start), .init(at: Self.second.start)])
      try scene.value("SELECT daybook_close_period('\(Self.first)-01', 'over')")
      var changes = 0
      for attempt in Self.attempts[function] ?? [] {
        guard try scene.changes(attempt, as: login, commits: true).isChanged else { continue }
        changes += 1
        #expect(try !scene.audit().problems.isEmpty, "\(attempt)")
      }
      #expect(changes > 0)
    }
  }

  static let noticed: Set = ["daybook_add_costs", "daybook_add_rollups", "daybook_insert_staged"]

  fileprivate static func journaled(_ login: String) -> String {
    """
    SELECT EXISTS (SELECT FROM billing_journal WHERE by = '\(login)')
      OR EXISTS (SELECT FROM price_versions WHERE changed_by = '\(login)')
    """
  }

  /// Everything that is billed, was billed or would be.
  fileprivate static let money = """
    SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
      SELECT 'i' || invocation_id || coalesce(cost::text || currency, '') AS line FROM invocations
      UNION ALL SELECT 'd' || d::text FROM costs_daily d
      UNION ALL SELECT 'm' || m::text FROM costs_monthly m
      UNION ALL SELECT 'a' || a::text FROM cost_adjustments a
      UNION ALL SELECT 's' || s::text FROM statements s
      UNION ALL SELECT 'l' || l::text FROM statement_lines l
      UNION ALL SELECT 'b' || b::text FROM billing_periods b
      UNION ALL SELECT 'p' || p::text FROM model_prices p
      UNION ALL SELECT 't' || t::text FROM tenants t) AS lines
    """

  private static let deltas = """
    SELECT daybook_begin_batch('\(batch)', '[]', 0, NULL, false);
    INSERT INTO pg_temp.daybook_rollup_deltas (tenant_id, day, project_id,
      provider, model, service_tier, currency, records, failed_records, unpriced_records, input_tokens, output_tokens,
      cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, cost)
    VALUES ('acme', '%', '', 'p', 'm', 'standard', 'USD', 1, 0, 0, 0, 0, 0, 0, 0, -1000);
    """
  private static let batch = "0190b7c2-6f3e-7c1a-9a53-0000000000ff"
  private static let streams = [BooksScene.calls, StagedStream(.auditLogs)]
  private static let everyStream = StagedStream.argument(streams)
  private static let stagedTables = """
    SELECT daybook_begin_batch('\(batch)', \(StagedStream.tables(streams)), 0, NULL, false);
    """
  private static let stagedCall = """
    \(stagedTables) INSERT INTO pg_temp.\(BooksScene.calls.table) (invocation_id, occurred_at, tenant_id,
      provider, operation, request_model, cache_read_input_tokens, cache_creation_input_tokens,
      cache_creation_1h_input_tokens, reasoning_output_tokens, audio_input_tokens, audio_output_tokens, service_tier, cost,
      currency, cost_source, status, content_sha256, ingested_at, source_topic, source_partition, source_offset)
    VALUES (gen_random_uuid(), '\(second)-03', 'acme', 'p', 'chat', 'm', 0, 0, 0, 0, 0, 0, 'standard', -1000, 'USD',
      'producer', 'success', '', now(), 'calls', 0, 3);
    """

  private static func rollups(_ day: String) -> String {
    deltas.replacing("%", with: day)
      + " SELECT daybook_add_rollups((SELECT batch_id FROM ingest_batches LIMIT 1))"
  }

  private static let span = """
    [{"cluster":"c","topic":"calls","partition":0,"from":3,"next":4,"epoch":1,"anchor_offset":null,"table":"invocations",
      "seen":1,"stored":1,"direct":1,"duplicates":0,"rejected":0,"gaps":0}]
    """
  private static let item = """
    jsonb_build_array(jsonb_build_object('tenant_id', tenant_id, 'occurred_at', occurred_at, 'invocation_id', invocation_id,
      'cost', '-7', 'currency', 'USD', 'price_version', 1))
    """

  private static let attempts: [String: [String]] = [
    "daybook_billing_day": ["SELECT daybook_billing_day('acme', now())"],
    "daybook_billing_zone": ["SELECT daybook_billing_zone('acme', now())"],
    "daybook_first_open_month": ["SELECT daybook_first_open_month()"],
    "daybook_statement_sha256": ["SELECT daybook_statement_sha256(s) FROM statements s"],
    "daybook_share_books": ["SELECT daybook_share_books()"],
    "daybook_require_read_committed": ["SELECT daybook_require_read_committed()"],
    "daybook_held_condition": ["SELECT daybook_held_condition('invocations', now(), now())"],
    "daybook_same_content": [
      "SELECT daybook_same_content('invocations', 'invocation_id', '{}'::jsonb[])"
    ],
    "daybook_count_unknown_fields": ["SELECT daybook_count_unknown_fields('[]')"],
    "daybook_rejects_accepted": ["SELECT daybook_rejects_accepted('c', 'calls', 0)"],
    // Positions are no money: records that are read again are duplicates, and skipped ones are
    // journaled.
    "daybook_claim_partitions": [
      "SELECT daybook_claim_partitions('x', 'c', '[{\"topic\":\"calls\",\"partition\":0,\"low\":0,\"partitions\":1}]')"
    ],
    "daybook_halt_partition": ["SELECT daybook_halt_partition('c', 'calls', 0, NULL, 'x', 'y')"],
    "daybook_lock_offsets": ["SELECT daybook_lock_offsets('c', '{calls}', '{0}')"],
    "daybook_fence_offsets": ["SELECT daybook_fence_offsets('c', '\(span)')"],
    "daybook_evict_lock_holders": [
      "SELECT daybook_evict_lock_holders('c', '{calls}', '{0}', '{invocations}')"
    ],
    "daybook_ensure_partition": ["SELECT daybook_ensure_partition('invocations', now()::date)"],
    "daybook_ensure_runway": ["SELECT daybook_ensure_runway()"],
    "daybook_decide_offset": [
      "SELECT daybook_decide_offset('c', 'calls', 0, 'set', 3, 0, 'again')"
    ],
    "daybook_accept_rejects": ["SELECT daybook_accept_rejects('c', 'calls', 0, 100, 'x')"],
    "daybook_forget_partition": ["SELECT daybook_forget_partition('c', 'calls', 0, 'x')"],
    "daybook_begin_batch": [stagedTables],
    "daybook_batch_table": [
      "SELECT daybook_batch_table('daybook_rollup_deltas', 'a integer', true)"
    ],
    "daybook_ask_identities": ["SELECT daybook_ask_identities()"],
    "daybook_stored_identities": [
      "SELECT daybook_ask_identities(); SELECT daybook_stored_identities('invocations', 'invocation_id', now(), now())"
    ],
    "daybook_cost_measures": ["SELECT daybook_cost_measures()"],
    "daybook_sum_columns": ["SELECT daybook_sum_columns('costs_daily')"],
    "daybook_add_sums": [
      """
      SELECT set_config('daybook.batch', 'x', true), set_config('daybook.sums_costs_daily', 'x', true);
      CREATE TEMP TABLE daybook_sums_costs_daily AS SELECT * FROM costs_daily;
      SELECT daybook_add_sums('costs_daily', (SELECT sum(records) FROM costs_daily))
      """
    ],
    "daybook_settle_duplicates": [
      "\(stagedTables) SELECT daybook_settle_duplicates(gen_random_uuid(), 'c', \(everyStream))"
    ],
    "daybook_staged_item": ["SELECT daybook_staged_item('invocations')"],
    "daybook_settle_known": [
      "\(stagedCall) SELECT daybook_settle_known('invocations', 'invocation_id', '\(BooksScene.calls.table)')"
    ],
    "daybook_insert_staged": [
      "\(stagedCall) SELECT daybook_insert_staged('invocations', 'invocation_id', '\(BooksScene.calls.table)')"
    ],
    "daybook_stage_costs": [
      "\(stagedCall) SELECT daybook_stage_costs('\(BooksScene.calls.table)')"
    ],
    "daybook_add_costs": [
      """
      SELECT daybook_add_costs('costs_daily', $$SELECT 'acme' AS tenant_id, '\(second)-03'::date AS day, '' AS project_id,
        'p' AS provider, 'm' AS model, 'standard' AS service_tier, 'USD' AS currency, -1000 AS cost, 1 AS records,
        0 AS failed_records, 0 AS unpriced_records, 0 AS input_tokens, 0 AS output_tokens, 0 AS cache_read_input_tokens,
        0 AS cache_creation_input_tokens, 0 AS reasoning_output_tokens, 0 AS estimated_records, 0 AS estimated_cost,
        'UTC' AS time_zone$$)
      """
    ],
    "daybook_add_rollups": [rollups("\(second)-03"), rollups("\(first)-03")],
    "daybook_apply_batch": [
      """
      \(deltas.replacing("%", with: "\(first)-03"))
      SELECT daybook_apply_batch('\(batch)', 'w', 'c', '\(span)', '[]', true)
      """,
      "\(stagedTables) SELECT daybook_apply_batch(gen_random_uuid(), 'w', 'c', '\(span)', '[]', true)",
    ],
    "daybook_write_ledger": [
      "SELECT daybook_write_ledger(gen_random_uuid(), 'w', 'c', '\(span)', '\(span)')"
    ],
    "daybook_post_late": [
      "SELECT daybook_post_late(batch_id, '{acme}', '{\(first)-01}') FROM ingest_batches",
      "SELECT daybook_post_late(gen_random_uuid(), '{acme}', '{\(first)-01}')",
      """
      DO $$ DECLARE batch uuid := gen_random_uuid(); BEGIN
        PERFORM daybook_write_ledger(batch, 'w', 'c', '\(span)', '\(span)');
        PERFORM daybook_post_late(batch, '{acme}', '{\(first)-01}');
      END $$
      """,
    ],
    "daybook_change_prices": [
      """
      SELECT daybook_change_prices(coalesce((SELECT max(version) FROM price_versions), 0), 'x', 'manual', NULL, '{}',
        '[{"provider": "openai", "model": "m", "service_tier": "standard", "min_input_tokens": 0, "currency": "USD",
           "input_price": "0", "effective_from": "2020-01-01T00:00:00Z"}]', '[]')
      """
    ],
    "daybook_change_provider_aliases": [
      """
      SELECT daybook_change_provider_aliases(coalesce((SELECT max(version) FROM price_versions), 0), 'x', '{}',
        '[{"alias": "house", "provider": "openai"}]')
      """
    ],
    "daybook_set_tenant": [
      "SELECT daybook_set_tenant('acme', '{\"time_zone\": \"Pacific/Kiritimati\"}', 'x')",
      "SELECT daybook_set_tenant('acme', '{\"payer\": \"somebody else\"}', 'x')",
    ],
    "daybook_close_period": ["SELECT daybook_close_period('\(second)-01', 'x')"],
    "daybook_reopen_period": ["SELECT daybook_reopen_period('\(first)-01', 'x')"],
    "daybook_repair_rollups": [
      "SELECT daybook_repair_rollups(1, 'x')",
      """
      INSERT INTO reconciliations (source) VALUES ('primary');
      INSERT INTO reconciliation_drift (reconciliation_id, granularity, tenant_id, period_start, project_id, provider, model,
        service_tier, currency, time_zone, is_closed, cost, records, failed_records, unpriced_records, input_tokens,
        output_tokens, cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, cost_expected)
      SELECT max(reconciliation_id), 'day', 'acme', '\(second)-01', '', 'p', 'm', 'standard', 'USD', 'UTC', false, -1000, 0, 0,
        0, 0, 0, 0, 0, 0, -1000 FROM reconciliations;
      UPDATE reconciliations SET finished_at = now(), months_done = ARRAY(SELECT month FROM costs_monthly);
      SELECT daybook_repair_rollups(max(reconciliation_id), 'x') FROM reconciliations
      """,
    ],
    "daybook_begin_reprice": [
      "SELECT daybook_begin_reprice('2020-01-01', '2030-01-01', '{}', 'x')"
    ],
    "daybook_refused_items": ["SELECT daybook_refused_items(1, '[]')"],
    "daybook_finish_reprice": ["SELECT daybook_finish_reprice(1, 1)"],
    "daybook_post_adjustments": [
      "SELECT daybook_post_adjustments(1, \(item)) FROM invocations",
      """
      SELECT daybook_change_prices(coalesce((SELECT max(version) FROM price_versions), 0), 'x', 'manual', NULL, '{}', '[]', '[]');
      SELECT daybook_post_adjustments(daybook_begin_reprice('2020-01-01', '2030-01-01', '{}', 'x'), \(item)) FROM invocations
      """,
    ],
  ]
}

extension BooksScene {
  /// Names of the functions of Daybook that members of a role may call.
  fileprivate func functions(of role: String) throws -> Set<String> {
    let found = try connection.query(
      """
      SELECT DISTINCT p.proname FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
      WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'daybook\\_%' AND p.prorettype <> 'trigger'::regtype
        AND a.grantee IN (0, $1::regrole::oid)
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype IN ('e', 'i'))
      """, [role])
    return Set((0..<found.rowCount).compactMap { found.text($0, 0) })
  }

  /// What a login has done in a transaction of its own, by a look at it before it ends.
  fileprivate func changes(
    _ sql: String, as login: String, commits: Bool = false
  ) throws -> (code: String?, isChanged: Bool, isJournaled: Bool) {
    var connection = try database.connect()
    let before = try connection.execute("SET timezone = 'UTC'; \(MoneyByRoleTests.money)").text(
      0, 0)
    try connection.execute("BEGIN; SET SESSION AUTHORIZATION \(login)")
    do throws(PostgresError) {
      try connection.execute(sql)
    } catch {
      return (error.sqlState.rawValue, false, false)
    }
    try connection.execute("RESET SESSION AUTHORIZATION")
    let now = try connection.execute(MoneyByRoleTests.money).text(0, 0)
    let isJournaled = try connection.execute(MoneyByRoleTests.journaled(login)).bool(0, 0) == true
    try connection.execute(commits ? "COMMIT" : "ROLLBACK")
    return (nil, now != before, isJournaled)
  }
}
