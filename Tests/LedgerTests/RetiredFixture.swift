// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Ledger
import Postgres

/// A store that adds up over four months, of which the two oldest can be retired from all four
/// tables: 4, 3 and 2 months ago (retention is one month) and this month.
struct RetiredFixture {
  static let tables = ["audit_logs", "invocations", "rejected_records", "ingest_batches"]

  let database: TestDatabase

  static func with(
    on server: TestServer? = nil, retired: Bool = true, _ body: (RetiredFixture) throws -> Void
  ) throws {
    try TestDatabase.with(on: server) { database in
      for table in tables {
        for month in [4, 3, 2] { try database.makePartition(of: table, monthsAgo: month) }
      }
      try database.value(sql)
      let fixture = RetiredFixture(database: database)
      if retired {
        for month in [4, 3] {
          for table in tables {
            try database.retire(fixture.partition(of: table, monthsAgo: month), of: table)
          }
        }
      }
      try body(fixture)
    }
  }

  func audit() throws -> AuditReport {
    var ledger = LedgerReader(try database.connect(), schema: "public")
    return try ledger.audit()
  }

  @discardableResult
  func run(_ sql: String) throws -> String? { try database.value(sql) }

  func partition(of table: String, monthsAgo: Int) throws -> String {
    try run(
      "SELECT '\(table)_p' || to_char(date_trunc('month', now() AT TIME ZONE 'UTC')"
        + " - interval '\(monthsAgo) months', 'YYYYMMDD')") ?? ""
  }

  /// Sets a carried number, and the journal's copy of it: only the arithmetic can tell.
  func forge(_ table: String, _ path: String, _ value: String) throws {
    let isOldest = "partition_name = '\(try partition(of: table, monthsAgo: 4))'"
    try run(
      """
      ALTER TABLE partition_journal DISABLE TRIGGER ALL;
      UPDATE partition_retirements SET totals = jsonb_set(totals, '\(path)', '\(value)', false)
       WHERE \(isOldest);
      UPDATE partition_retirements SET row_count = (totals->>'rows')::bigint WHERE \(isOldest);
      UPDATE partition_journal SET detail = jsonb_set(detail, '\(path)', '\(value)', false)
       WHERE action = 'revoke' AND \(isOldest)
      """)
  }

  /// A month has 3 invocations (USD, EUR, without cost), 2 events, 2 refusals and 2 batches.
  /// Partition `back` was set back by an operator four months ago; `idle` had nothing since then.
  private static let sql = """
    SET timezone = 'UTC';
    UPDATE partition_policies SET retention_months = 1;
    CREATE TEMPORARY TABLE months AS
      SELECT row_number() OVER (ORDER BY ago DESC)::integer - 1 AS k,
        date_trunc('month', now()) - make_interval(months => ago) AS start
      FROM unnest(ARRAY[4, 3, 2, 0]) AS ago;

    INSERT INTO invocations (invocation_id, occurred_at, tenant_id, project_id, provider,
      operation, request_model, input_tokens, output_tokens, service_tier, cost, currency,
      cost_source, status, content_sha256, ingested_at, source_topic, source_partition,
      source_offset)
    SELECT gen_random_uuid(), start + make_interval(hours => 20 * n), tenant, 'search', 'openai',
      'chat', 'gpt-5', 100 * n, n, 'standard', cost, currency, source, 'success', '\\x00', now(),
      'calls', 0, k * 6 + n
    FROM months, (VALUES (0, 'acme', 0.000000000001, 'USD', 'producer'),
                         (1, 'globex', 1.25, 'EUR', 'producer'),
                         (2, 'acme', NULL, NULL, 'none')) AS v(n, tenant, cost, currency, source);
    INSERT INTO audit_logs (event_id, occurred_at, tenant_id, action, actor_type, outcome,
      severity, content_sha256, ingested_at, source_topic, source_partition, source_offset)
    SELECT gen_random_uuid(), start + make_interval(hours => n), 'acme', 'user.login', 'system',
      'success', 1, '\\x00', now(), 'events', 0, k * 3 + n FROM months, generate_series(0, 1) AS n;

    INSERT INTO costs_daily
    SELECT tenant_id, occurred_at::date, project_id, provider, request_model, service_tier,
      coalesce(currency, 'XXX'), coalesce(cost, 0), 1, 0, (cost IS NULL)::integer, input_tokens,
      output_tokens, 0, 0, 0, now()
    FROM invocations;
    INSERT INTO costs_monthly
    SELECT tenant_id, date_trunc('month', day)::date, project_id, provider, model, service_tier,
      currency, sum(cost), sum(records), 0, sum(unpriced_records), sum(input_tokens),
      sum(output_tokens), 0, 0, 0, now()
    FROM costs_daily GROUP BY 1, 2, 3, 4, 5, 6, 7;

    INSERT INTO rejected_records (rejected_at, cluster_id, topic, partition, "offset", table_name,
      reason, message, batch_id)
    SELECT start, 'k', topic, 0, 0, name, 'bad_time', 'send a time', gen_random_uuid()
    FROM months, (VALUES ('calls', 'invocations'), ('events', 'audit_logs')) AS v(topic, name);

    CREATE TEMPORARY TABLE spans (at timestamptz, topic text, "from" bigint, next bigint,
      name text, stored bigint, duplicates bigint, rejected bigint, gaps bigint);
    INSERT INTO spans
    SELECT start, 'calls', k * 6, k * 6 + 6, 'invocations', 3, 1, 1, 1 FROM months
    UNION ALL
    SELECT start + interval '1 minute', 'events', k * 3, k * 3 + 3, 'audit_logs', 2, 0, 1, 0
    FROM months
    UNION ALL
    SELECT start, 'idle', 0, 4, 'invocations', 0, 4, 0, 0 FROM months WHERE k = 0
    UNION ALL
    SELECT start + make_interval(hours => n), 'back', first, last, 'invocations', 0, last - first,
      0, 0
    FROM months JOIN (VALUES (0, 0, 0, 10), (0, 2, 5, 8), (1, 0, 8, 10), (2, 0, 10, 12))
      AS v(month, n, first, last) ON month = k;
    INSERT INTO ingest_batches (batch_id, committed_at, owner, seen, stored, duplicates, rejected,
      gap_offsets, spans)
    SELECT gen_random_uuid(), at, 'w', sum(stored + duplicates + rejected), sum(stored),
      sum(duplicates), sum(rejected), sum(gaps), jsonb_agg(jsonb_build_object('cluster', 'k',
        'topic', topic, 'partition', 0, 'from', "from", 'next', next, 'table', name,
        'seen', stored + duplicates + rejected, 'stored', stored, 'duplicates', duplicates,
        'rejected', rejected, 'gaps', gaps))
    FROM spans GROUP BY at;
    ALTER TABLE offset_changes DISABLE TRIGGER stamp;
    INSERT INTO offset_changes (changed_at, cluster_id, topic, partition, action, old_offset,
      new_offset, reason)
    SELECT start + interval '1 hour', 'k', 'back', 0, 'set', 10, 5, 'again' FROM months WHERE k = 0;
    ALTER TABLE offset_changes ENABLE ALWAYS TRIGGER stamp;
    INSERT INTO ingest_offsets (cluster_id, topic, partition, next_offset)
    VALUES ('k', 'calls', 0, 24), ('k', 'events', 0, 12), ('k', 'idle', 0, 4), ('k', 'back', 0, 12)
    """
}
