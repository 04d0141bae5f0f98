// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Ledger
import Postgres

/// A small store that adds up: two batches of one Kafka partition, three invocations, one refusal.
struct Fixture {
  let database: TestDatabase

  /// Makes a database with the fixture in it and drops it afterwards.
  static func with(
    on server: TestServer? = nil, _ body: (Fixture) throws -> Void
  ) throws {
    try TestDatabase.with(on: server) { database in
      try database.value(sql)
      try body(Fixture(database: database))
    }
  }

  func ledger() throws -> LedgerReader { LedgerReader(try database.connect(), schema: "public") }

  func run(_ sql: String) throws { try database.value(sql) }

  /// SQLSTATE with which a login fails, or nil when it does not.
  func state(of sql: String, as login: String) throws -> String? {
    var connection = try database.connect(as: login)
    do throws(PostgresError) {
      try connection.execute(sql)
      return nil
    } catch {
      return error.sqlState.rawValue
    }
  }

  /// The refused record turns out to be six items: three refused, three skipped.
  static let withItems = """
    UPDATE rejected_records SET item = 2;
    INSERT INTO rejected_records (rejected_at, cluster_id, topic, partition, "offset", item,
      table_name, reason, message, batch_id)
    SELECT rejected_at, cluster_id, topic, partition, "offset", n, table_name, 'bad_value', message,
      batch_id FROM rejected_records, unnest(ARRAY[1, 4]) AS n;
    UPDATE ingest_batches SET records = 3, seen = 8, rejected = 3, skipped = 3,
      spans = jsonb_set(spans, '{0}', spans->0 || '{"records":3,"seen":8,"rejected":3,"skipped":3}')
    WHERE seen = 3
    """

  /// In this month, so that the partitions exist.
  private static let sql = """
    SET timezone = 'UTC';
    INSERT INTO invocations (invocation_id, occurred_at, tenant_id, project_id, provider,
      operation, request_model, response_model, input_tokens, output_tokens, service_tier, cost,
      currency, cost_source, status, content_sha256, ingested_at, source_topic, source_partition,
      source_offset)
    SELECT ('0190b7c2-6f3e-7c1a-9a53-00000000000' || n)::uuid,
      date_trunc('month', now()) + make_interval(hours => 30 * n), tenant, 'search', 'openai',
      'chat', 'gpt-5', 'gpt-5-2025', 100 * n, n, 'standard', cost, currency, source, 'success',
      '\\x00', now(), 'calls', 0, 10 + n
    FROM (VALUES (0, 'acme', 0.000000000001, 'USD', 'producer'),
                 (1, 'acme', 1.25, 'USD', 'producer'),
                 (2, '=cmd', NULL, NULL, 'none')) AS v(n, tenant, cost, currency, source);

    INSERT INTO costs_daily
    SELECT tenant_id, occurred_at::date, coalesce(project_id, ''), provider, response_model,
      service_tier, coalesce(currency, 'XXX'), coalesce(cost, 0), 1, 0,
      (cost IS NULL)::integer, input_tokens, output_tokens, 0, 0, 0, now()
    FROM invocations;
    INSERT INTO costs_monthly
    SELECT tenant_id, date_trunc('month', day)::date, project_id, provider, model, service_tier,
      currency, sum(cost), sum(records), 0, sum(unpriced_records), sum(input_tokens),
      sum(output_tokens), 0, 0, 0, now()
    FROM costs_daily GROUP BY 1, 2, 3, 4, 5, 6, 7;

    INSERT INTO rejected_records (rejected_at, cluster_id, topic, partition, "offset", table_name,
      reason, field, message, key, payload, headers, batch_id)
    VALUES (now(), 'k', 'calls', 0, 13, 'invocations', 'bad_time', 'occurred_at', 'send a time',
      'acme', '\\x00ff7b', '[{"name": "h", "value": "v"}]',
      '0190b7c2-6f3e-7c1a-9a53-0000000000b2');

    INSERT INTO ingest_batches (batch_id, committed_at, owner, seen, stored, duplicates, rejected,
      gap_offsets, spans)
    VALUES
      ('0190b7c2-6f3e-7c1a-9a53-0000000000b1', now() - interval '2 seconds', 'w', 2, 2, 0, 0, 0,
       '[{"cluster":"k","topic":"calls","partition":0,"from":10,"next":12,"table":"invocations",
          "seen":2,"stored":2,"duplicates":0,"rejected":0,"gaps":0}]'),
      ('0190b7c2-6f3e-7c1a-9a53-0000000000b2', now() - interval '1 second', 'w', 3, 1, 1, 1, 1,
       '[{"cluster":"k","topic":"calls","partition":0,"from":12,"next":16,"table":"invocations",
          "seen":3,"stored":1,"duplicates":1,"rejected":1,"gaps":1}]');
    INSERT INTO ingest_offsets (cluster_id, topic, partition, next_offset, epoch, owner, updated_at)
    VALUES ('k', 'calls', 0, 16, 7, 'host:1/1', now() - interval '3 seconds');
    INSERT INTO offset_changes (cluster_id, topic, partition, action, old_offset, new_offset, reason)
    VALUES ('k', 'calls', 0, 'start', 0, 10, 'the log begins at 10');
    UPDATE ingest_offsets SET updated_at = now()
    """
}
