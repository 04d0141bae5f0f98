// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Foundation
import Ledger
import Postgres
import Records

@testable import Books
@testable import Ingest

/// A database with some months of `invocations`, and batches that go through the functions of
/// ingest.
final class BooksScene {
  /// Months before the present one that have a partition; the newest is surely over in every zone.
  static let monthsAgo = [5, 4, 3, 2]
  static let login = "daybook_test_finance"
  private static let cluster = "c"
  private static let topic = "calls"

  let database: TestDatabase
  var connection: Connection
  private var next: Int64 = 0
  private var epoch: Int64 = 0

  static let calls = StagedStream(.invocations)
  static let deltaColumns = (Rollup.keyColumns + Rollup.measureColumns).joined(separator: ", ")

  /// A record as ingest would have decoded it; the cost is nil without a price.
  struct Record {
    var tenant = "acme"
    var at: Timestamp
    var cost: String? = "0.25"
    var currency = "USD"
    var source = "computed"
    var model = "m"
    var status = "success"
    /// Nil: it does not tell them.
    var tokens: Int? = 10
    var usageSource: String?
  }

  static func with(
    on server: TestServer? = nil, _ body: (BooksScene) throws -> Void
  ) throws {
    try TestDatabase.with(.migrated, on: server) { database in
      try database.server.makeLogin(login, memberOf: ["app_finance"])
      try body(BooksScene(database))
    }
  }

  private init(_ database: TestDatabase) throws {
    self.database = database
    for months in Self.monthsAgo {
      try database.makePartition(of: "invocations", monthsAgo: months)
    }
    connection = try database.connect()
    try connection.execute("SET timezone = 'UTC'")
    let claims = #"[{"topic":"\#(Self.topic)","partition":0,"low":0,"partitions":1}]"#
    let row = try connection.query(
      "SELECT * FROM daybook_claim_partitions('w', $1, $2::jsonb)", [Self.cluster, claims])
    next = row.int64(0, 2) ?? -1
    epoch = row.int64(0, 3) ?? -1
  }

  /// The first moment of a month so many months before the present one.
  static func month(_ ago: Int) -> Month { Timestamp.now().month.advanced(by: -ago) }

  @discardableResult
  func value(_ sql: String) throws -> String? { try connection.execute(sql).text(0, 0) }

  /// Writes a batch as a worker does: rows by COPY and their sums, or all of it staged; with other
  /// sums than its own when they are forged.
  func ingest(
    _ records: [Record], staged: Bool = false, forged: String? = nil, inSavepoint: Bool = false
  ) throws {
    let zoned = "v.tenant_id IN (SELECT tenant_id FROM tenant_time_zones)"
    let target = staged ? "pg_temp.\(Self.calls.table)" : "invocations"
    let streams = staged ? [Self.calls] : []
    let tables = StagedStream.argument(streams)
    let batch = UUID()
    let deltas = """
      INSERT INTO pg_temp.daybook_rollup_deltas (\(Self.deltaColumns))
      SELECT tenant_id, (occurred_at AT TIME ZONE 'UTC')::date, CASE WHEN \(zoned) THEN
          floor(extract(epoch FROM (occurred_at AT TIME ZONE 'UTC')::time) / 900) END,
        'search', 'openai', request_model, 'standard', coalesce(currency, 'XXX'), count(*),
        count(*) FILTER (WHERE status = 'failure'), count(*) FILTER (WHERE cost IS NULL),
        coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), 0, 0, 0,
        count(*) FILTER (WHERE usage_source = 'estimated'), coalesce(sum(cost), 0),
        coalesce(sum(cost) FILTER (WHERE usage_source = 'estimated'), 0)
      FROM written v GROUP BY 1, 2, 3, 6, 8
      """
    let sums =
      forged.map {
        "INSERT INTO pg_temp.daybook_rollup_deltas (\(Self.deltaColumns)) SELECT 'acme', \($0)"
      }
      ?? deltas
    let span = """
      [{"cluster":"\(Self.cluster)","topic":"\(Self.topic)","partition":0,"from":\(next),
        "next":\(next + Int64(records.count)),"epoch":\(epoch),"anchor_offset":null,
        "table":"invocations","seen":\(records.count),"direct":\(staged ? 0 : records.count),
        "rejected":0,"gaps":0}]
      """
    let columns = """
      invocation_id, occurred_at, tenant_id, project_id, provider, operation, request_model,
      input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
      cache_creation_1h_input_tokens, reasoning_output_tokens, audio_input_tokens,
      audio_output_tokens, service_tier, cost, currency, cost_source, status, content_sha256,
      ingested_at, source_topic, source_partition, source_offset, usage_source
      """
    let rows = records.enumerated().map { index, record in
      """
      (gen_random_uuid(), '\(record.at)'::timestamptz, '\(record.tenant)', 'search', 'openai', 'chat',
       '\(record.model)', \(record.tokens.map { "\($0), \($0 / 2)" } ?? "NULL, NULL"), 0, 0, 0, 0, 0, 0, 'standard',
       \(record.cost ?? "NULL")::numeric, \(record.cost == nil ? "NULL" : "'\(record.currency)'"),
       '\(record.cost == nil ? "none" : record.source)', '\(record.status)', '\\x00'::bytea,
       clock_timestamp(), '\(Self.topic)', 0, \(next + Int64(index)),
       \(record.usageSource.map { "'\($0)'" } ?? "NULL"))
      """
    }
    try connection.execute(
      """
      BEGIN; \(inSavepoint ? "SAVEPOINT daybook_probe;" : "")
      SELECT daybook_begin_batch('\(batch)', \(StagedStream.tables(streams)), 0, NULL, false);
      WITH written AS (INSERT INTO \(target) (\(columns))
        VALUES \(rows.joined(separator: ",\n")) RETURNING *)
      \(staged ? "SELECT count(*) FROM written" : sums);
      SELECT * FROM daybook_apply_batch('\(batch)', 'w', '\(Self.cluster)', '\(span)',
        \(tables), true);
      COMMIT
      """)
    next += Int64(records.count)
  }

  /// The position goes back, as by `daybook offsets set`.
  func goBack() throws {
    try value("UPDATE ingest_offsets SET next_offset = 0 WHERE cluster_id = '\(Self.cluster)'")
    next = 0
  }

  func settings() throws -> ConnectionSettings {
    try database.settings(.direct, ["user": Self.login, "password": "test"])
  }

  func books() throws -> Books { Books(try Connection(settings()), schema: "public") }

  func reconciler(
    _ month: Month? = nil, tenant: String? = nil, source: ReconcileScope.Source = .primary
  ) throws -> Reconciler {
    Reconciler(
      primary: try Connection(settings()), source: try Connection(settings()), schema: "public",
      scope: ReconcileScope(month: month, tenant: tenant, source: source))
  }

  @discardableResult
  func reconcile(
    _ month: Month? = nil, tenant: String? = nil, repair: String? = nil
  ) throws -> Reconciliation {
    var reconciler = try reconciler(month, tenant: tenant)
    return try reconciler.run(repair: repair)
  }

  func audit() throws -> AuditReport {
    var ledger = LedgerReader(try database.connect(), schema: "public")
    return try ledger.audit()
  }

  /// Enters a price for each token of the input, and posts what it makes of the chosen records, by
  /// one run; how many changed.
  @discardableResult
  func reprice(
    _ rate: String, _ currency: String = "USD", of records: String = "true"
  ) throws -> String? {
    let prices = ["m", "n"].map { model in
      """
      {"provider": "openai", "model": "\(model)", "service_tier": "standard", "min_input_tokens": 0,
       "currency": "\(currency)", "input_price": "\(rate)", "output_price": "0",
       "effective_from": "2020-01-01T00:00:00Z"}
      """
    }
    try value(
      """
      SELECT daybook_change_prices((SELECT coalesce(max(version), 0) FROM price_versions), 'test', 'manual',
        NULL, '{}', '[\(prices.joined(separator: ","))]', '[]')
      """)
    return try value(
      """
      SELECT daybook_post_adjustments(daybook_begin_reprice('2020-01-01', '2030-01-01', '{}', 'test'),
        (SELECT jsonb_agg(to_jsonb(items)) FROM (
          SELECT tenant_id, occurred_at, invocation_id, round(input_tokens * \(rate), 12) AS cost,
            '\(currency)' AS currency, (SELECT p.price_id FROM model_prices p
              WHERE p.model = request_model AND p.superseded_by IS NULL) AS price_version
          FROM invocations WHERE \(records)) AS items))
      """)
  }
}
