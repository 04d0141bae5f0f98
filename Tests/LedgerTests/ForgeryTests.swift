// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Ledger
import Postgres
import Testing

/// What a role can do against the accounting: it is refused, or the audit notices. The rows of the
/// table in SECURITY.md.
@Suite struct ForgeryTests {
  enum Outcome: Sendable {
    case refused(String)
    /// The audit says this afterwards.
    case noticed(String)
    /// Named as open in SECURITY.md.
    case open
  }

  static let ofTheIngestLogin: [(String, Outcome)] = [
    (
      """
      INSERT INTO offset_changes (changed_by, cluster_id, topic, partition, action, old_offset, new_offset, reason)
      VALUES ('postgres', 'k', 'calls', 0, 'set', 16, 116, 'ticket 4711')
      """, .refused("42501")
    ),
    ("UPDATE ingest_offsets SET next_offset = 116", .refused("42501")),
    ("UPDATE ingest_offsets SET state = 'active', halt_reason = NULL", .refused("42501")),
    (
      "INSERT INTO ingest_offsets (cluster_id, topic, partition, next_offset) VALUES ('k', 'calls', 1, 99)",
      .refused("42501")
    ),
    (
      "INSERT INTO ingest_batches SELECT gen_random_uuid(), now(), 'w', 0, 0, 0, 0, 0, '[]'",
      .refused("42501")
    ),
    ("DELETE FROM rejected_records", .refused("42501")),
    ("UPDATE ingest_batches SET owner = 'x'", .refused("42501")),
    // Further than the ledger says, from another position, in Daybook's own stream.
    (ledger(next: 116, seen: 0), .refused("XX000")),
    (ledger(from: 12, next: 17, seen: 5), .refused("XX000")),
    (ledger(cluster: "daybook", next: 17, seen: 1), .refused("XX000")),
    // More records than offsets, fewer, and items that nothing became of.
    (ledger(next: 18, seen: 2, duplicates: 2, more: #","records":3"#), .refused("XX000")),
    (ledger(next: 18, seen: 2, duplicates: 2, more: #","records":1"#), .refused("XX000")),
    (
      ledger(next: 17, seen: 9, duplicates: 4, more: #","records":1,"skipped":4"#),
      .refused("23514")
    ),
    (
      ledger(next: 17, seen: 4, duplicates: 5, more: #","records":1,"skipped":-1"#),
      .refused("23514")
    ),
    (ledger(next: 18, seen: 2, stored: 2), .noticed("3 rows, but the ledger says 5 stored")),
    (
      "UPDATE costs_daily SET cost = cost - 100 WHERE currency = 'USD'",
      .noticed("costs_daily: tenant acme")
    ),
    (
      """
      INSERT INTO costs_daily SELECT 'acme', day, 'x', provider, model, service_tier, currency, -5, -1, 0, 0, 0, 0, 0,
        0, 0, now() FROM costs_daily LIMIT 1
      """, .noticed("costs_daily: tenant acme")
    ),
    (
      "UPDATE costs_daily SET estimated_records = 1 WHERE currency = 'XXX'",
      .noticed("2 out, the rollup says 0 XXX 1 records 200 in 2 out, of it 1 estimated (0)")
    ),
    (
      "UPDATE costs_monthly SET estimated_cost = 0.5 WHERE currency = 'USD'",
      .noticed("of it 0 estimated (0.5)")
    ),
    ("UPDATE costs_monthly SET records = 0", .noticed("costs_monthly: tenant")),
    (
      """
      INSERT INTO invocations (invocation_id, occurred_at, tenant_id, provider, operation, request_model, service_tier,
        cost_source, status, content_sha256, ingested_at, source_topic, source_partition, source_offset)
      VALUES (gen_random_uuid(), now(), 'acme', 'p', 'chat', 'm', 'standard', 'none', 'success', '', now(), 'calls', 0, 9)
      """, .noticed("4 rows, but the ledger says 3 stored")
    ),
    (
      """
      INSERT INTO rejected_records (rejected_at, cluster_id, topic, partition, "offset", table_name, reason, message, batch_id)
      VALUES (now(), 'k', 'calls', 0, 9, 'invocations', 'not_json', 'x', gen_random_uuid())
      """, .noticed("2 rejected_records, but the ledger says 1 rejected")
    ),
    // A late line says what the rows of its batch say, and only while that batch is written.
    (
      """
      INSERT INTO cost_adjustments (kind, tenant_id, charge_day, billing_month, time_zone, project_id, provider, model,
        service_tier, currency, cost, records, failed_records, unpriced_records, input_tokens, output_tokens,
        cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, reason, batch_id)
      VALUES ('late', 'acme', '2020-09-03', '2020-10-01', 'UTC', '', 'openai', 'gpt-5', 'standard', 'USD', -1000, 0, 0, 0,
        0, 0, 0, 0, 0, 'came after 2020-09 was closed', gen_random_uuid())
      """, .refused("42501")
    ),
    (late(batch: "gen_random_uuid()"), .refused("55000")),
    (late(batch: "'0190b7c2-6f3e-7c1a-9a53-0000000000b1'"), .refused("55000")),
    // What Kafka said is for the ingest login to say.
    (ledger(next: 18, seen: 2, duplicates: 2), .open),
    (ledger(next: 17, seen: 9, duplicates: 4, more: #","records":1,"skipped":5"#), .open),
  ]

  @Test(arguments: TestServer.all)
  func theIngestLoginIsRefusedOrNoticed(_ server: TestServer) throws {
    let login = "daybook_test_app_write"
    try server.makeLogin(login, memberOf: ["app_write"])
    for (sql, outcome) in Self.ofTheIngestLogin {
      try Fixture.with(on: server) { fixture in
        let state = try fixture.state(of: sql, as: login)
        var ledger = try fixture.ledger()
        let problems = try ledger.audit().problems
        switch outcome {
        case .refused(let expected):
          #expect(state == expected && problems == [], "\(sql)")
        case .noticed(let sentence):
          #expect(
            state == nil && problems.contains { $0.contains(sentence) }, "\(sql): \(problems)")
        case .open:
          #expect(state == nil && problems == [], "\(sql)")
        }
      }
    }
  }

  /// A login that may decide, and may become the owner: its name stays in the journal.
  @Test(arguments: TestServer.all)
  func decisionsHaveTheNameOfTheLogin(_ server: TestServer) throws {
    let login = "daybook_test_app_maintain"
    try server.makeLogin(login, memberOf: ["app_maintain"])
    try Fixture.with(on: server) { fixture in
      let forged = """
        INSERT INTO offset_changes (changed_at, changed_by, cluster_id, topic, partition, action, old_offset, new_offset,
          reason) VALUES ('2020-01-01', 'postgres', 'k', 'calls', 0, 'set', 20, 40, 'x')
        """
      #expect(try fixture.state(of: forged, as: login) == "42501")
      #expect(
        try fixture.state(of: "UPDATE ingest_offsets SET next_offset = 20", as: login) == "42501")
      for sql in [
        "SELECT daybook_decide_offset('k', 'calls', 0, 'set', 16, 20, 'retention')",
        "SET ROLE app_owner; " + forged,
        "SET ROLE app_owner; INSERT INTO partition_journal (by, action, reason) VALUES ('postgres', 'drop', 'x')",
        "SET ROLE app_owner; INSERT INTO billing_journal (by, action, reason) VALUES ('cfo', 'close', 'x')",
      ] {
        #expect(try fixture.state(of: sql, as: login) == nil, "\(sql)")
      }
      let names = try fixture.database.value(
        """
        SELECT string_agg(DISTINCT who, ' ') FROM (
          SELECT changed_by FROM offset_changes WHERE action = 'set' AND changed_at > now() - interval '1 hour'
          UNION ALL SELECT by FROM partition_journal WHERE action = 'drop'
          UNION ALL SELECT by FROM billing_journal) AS j (who)
        """)
      #expect(names == login)
      let count = "SELECT count(*) FROM offset_changes WHERE action = 'set'"
      #expect(try fixture.database.value(count) == "2")
      for sql in [
        "UPDATE offset_changes SET reason = 'x'", "DELETE FROM offset_changes",
        "TRUNCATE offset_changes",
      ] {
        #expect(try fixture.state(of: "SET ROLE app_owner; " + sql, as: login) == "42501", "\(sql)")
      }
      for decision in ["'set', 20, 30, ' '", "'skip', 20, 30, 'x'", "'resume', 20, 30, 'x'"] {
        let sql = "SELECT daybook_decide_offset('k', 'calls', 0, \(decision))"
        #expect(try fixture.state(of: sql, as: login) == "22023", "\(sql)")
      }
    }
  }

  @Test(arguments: TestServer.all)
  func haltsHaveTheNameOfTheLogin(_ server: TestServer) throws {
    let login = "daybook_test_app_write"
    try server.makeLogin(login, memberOf: ["app_write"])
    try Fixture.with(on: server) { fixture in
      let sql = "SELECT daybook_halt_partition('k', 'calls', 0, 7, 'gap', 'offsets 3..<5')"
      let state = try fixture.state(of: sql, as: login)
      #expect(state == nil)
      #expect(
        try fixture.database.value(
          "SELECT concat_ws(' ', action, changed_by, reason) FROM offset_changes WHERE action = 'halt'"
        )
          == "halt \(login) gap: offsets 3..<5")
    }
  }

  private static func late(batch: String) -> String {
    "SELECT daybook_post_late(\(batch), ARRAY['acme'], ARRAY['2020-09-03'::date])"
  }

  /// A ledger row of the fixture's partition, which stands at 16 in epoch 7.
  private static func ledger(
    cluster: String = "k", from: Int = 16, next: Int, seen: Int, stored: Int = 0,
    duplicates: Int = 0, more: String = ""
  ) -> String {
    let place =
      #""cluster":"\#(cluster)","topic":"calls","partition":0,"from":\#(from),"next":\#(next)"#
    return """
      SELECT daybook_write_ledger(gen_random_uuid(), 'w', '\(cluster)', '[{\(place),"epoch":7}]',
        '[{\(place),"table":"invocations","seen":\(seen),"stored":\(stored),"duplicates":\(duplicates),"rejected":0,"gaps":0\(more)}]')
      """
  }
}
