// SPDX-License-Identifier: Apache-2.0
import Postgres
import Records

/// The statements of the ingest protocol for one schema.
///
/// Every name is qualified and every setting is `SET LOCAL`: behind PgBouncer in transaction mode a
/// session belongs to nobody, and another client may have left a `search_path` on it. The temporary
/// tables stay on the server connection and are emptied at commit: made again for each batch, they
/// would bloat the catalogue.
struct IngestSQL: Sendable {
  let schema: String

  init(schema: String) {
    self.schema = SQL.identifier(schema)
  }

  /// Opens a batch's transaction and makes the temporary tables that it needs.
  func opening(staged: [Stream]) -> String {
    var sql = """
      BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL client_min_messages = error; \
      SET LOCAL lock_timeout = '\(IngestLimits.lockSecondsMax)s'; \
      SET LOCAL statement_timeout = '\(IngestLimits.statementSecondsMax)s'; \
      SET LOCAL idle_in_transaction_session_timeout = '\(IngestLimits.idleSecondsMax)s'; \
      SET LOCAL TimeZone = 'UTC';\(Self.rollupTable)
      """
    if !staged.isEmpty {
      sql += Self.duplicateTables
      for stream in staged { sql += Self.stagingTable(stream) }
    }
    return sql
  }

  func copyDirect(_ stream: Stream) -> String {
    copy(into: "\(schema).\(SQL.identifier(stream.table))", Self.columns(stream))
  }

  func copyStaged(_ stream: Stream) -> String {
    copy(into: Self.staged(stream), Self.columns(stream))
  }

  var copyRaw: String {
    copy(
      into: "pg_temp.daybook_staged_raw",
      "source_topic, source_partition, source_offset, record_timestamp, key, payload, headers")
  }

  var copyRejections: String {
    copy(
      into: "\(schema).rejected_records",
      """
      rejected_at, cluster_id, topic, partition, "offset", record_timestamp, table_name, reason, \
      field, message, key, payload, headers, batch_id
      """)
  }

  var copyRollups: String {
    copy(into: "pg_temp.daybook_rollup_deltas", Self.rollupColumns)
  }

  /// The second message; the server finishes it even if this process dies after sending it.
  func applyAndCommit(
    batch: String, owner: String, cluster: String, spans: String, staged: [Stream],
    hasRollups: Bool
  ) -> String {
    let tables = staged.map { SQL.literal($0.table) }.joined(separator: ", ")
    return """
      SELECT * FROM \(schema).daybook_apply_batch(\(SQL.literal(batch)), \(SQL.literal(owner)), \
      \(SQL.literal(cluster)), \(SQL.literal(spans))::jsonb, ARRAY[\(tables)]::text[], \
      \(hasRollups)); COMMIT
      """
  }

  func insertStaged(_ stream: Stream) -> String {
    "SELECT \(schema).\(SQL.identifier("daybook_insert_staged_" + stream.table))()"
  }

  /// Another text after every change of a zone.
  var calendarRevision: String {
    """
    SELECT count(*) || ' ' || coalesce(extract(epoch FROM max(set_at)), 0) \
    FROM \(schema).tenant_time_zones
    """
  }

  var zonedTenants: String { "SELECT DISTINCT tenant_id FROM \(schema).tenant_time_zones" }

  private func copy(into table: String, _ columns: String) -> String {
    "COPY \(table) (\(columns)) FROM STDIN (FORMAT binary)"
  }

  private static func staged(_ stream: Stream) -> String {
    "pg_temp." + SQL.identifier("daybook_staged_" + stream.table)
  }

  private static func columns(_ stream: Stream) -> String {
    stream.storedColumns.map { SQL.identifier($0.name) }.joined(separator: ", ")
  }

  private static func stagingTable(_ stream: Stream) -> String {
    let columns = stream.storedColumns.map { "\(SQL.identifier($0.name)) \($0.sqlType)" }
    return temporary("daybook_staged_" + stream.table, columns.joined(separator: ", "))
  }

  private static let rollupColumns = """
    tenant_id, day, slot, project_id, provider, model, service_tier, currency, records, \
    failed_records, unpriced_records, input_tokens, output_tokens, cache_read_input_tokens, \
    cache_creation_input_tokens, reasoning_output_tokens, cost
    """

  private static let rollupTable = temporary(
    "daybook_rollup_deltas",
    """
    tenant_id text, day date, slot smallint, project_id text, provider text, model text, \
    service_tier text, currency text, records bigint, failed_records bigint, unpriced_records bigint, \
    input_tokens bigint, output_tokens bigint, cache_read_input_tokens bigint, \
    cache_creation_input_tokens bigint, reasoning_output_tokens bigint, cost numeric, \
    time_zone text NOT NULL DEFAULT 'UTC'
    """)

  private static let duplicateTables =
    temporary(
      "daybook_staged_raw",
      """
      source_topic text, source_partition integer, source_offset bigint, \
      record_timestamp timestamptz, key bytea, payload bytea, headers jsonb
      """)
    + temporary(
      "daybook_inserted",
      "source_topic text, source_partition integer, source_offset bigint")
    + temporary(
      "daybook_settled",
      """
      table_name text, source_topic text, source_partition integer, source_offset bigint, \
      verdict text
      """)

  private static func temporary(_ name: String, _ columns: String) -> String {
    " CREATE TEMP TABLE IF NOT EXISTS \(SQL.identifier(name)) (\(columns)) "
      + "ON COMMIT DELETE ROWS;"
  }
}
