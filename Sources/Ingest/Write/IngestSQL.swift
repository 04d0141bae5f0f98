// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import PriceCatalog
import Records

/// The statements of the ingest protocol for one schema.
///
/// Every name is qualified and every setting is `SET LOCAL`: behind PgBouncer in transaction mode a
/// session belongs to nobody, and another client may have left its own settings on it.
struct IngestSQL: Sendable {
  let schema: String

  init(schema: String) {
    self.schema = SQL.identifier(schema)
  }

  /// Opens a transaction, whatever another client has left on the connection.
  static let begin = """
    \(Begin.readWrite); SET LOCAL lock_timeout = '\(IngestLimits.lockSecondsMax)s'; \
    SET LOCAL statement_timeout = '\(IngestLimits.statementSecondsMax)s'; \
    SET LOCAL idle_in_transaction_session_timeout = '\(IngestLimits.idleSecondsMax)s'; \
    SET LOCAL role TO DEFAULT; SET LOCAL search_path TO DEFAULT; \
    SET LOCAL row_security TO DEFAULT; SET LOCAL plan_cache_mode TO DEFAULT; \
    SET LOCAL enable_partition_pruning TO DEFAULT; SET LOCAL standard_conforming_strings = on; \
    SET LOCAL client_min_messages = error; SET LOCAL TimeZone = 'UTC'
    """

  /// Opens a batch's transaction, says which one it is and makes the temporary tables that it
  /// needs; `remakesTables` does not trust those that are there. The first message, before its
  /// rows.
  func opening(
    _ batch: String, staged: [StagedStream], prices: PriceCatalog.Revision,
    remakesTables: Bool = false
  ) -> String {
    """
    \(Self.begin); SELECT \(schema).daybook_begin_batch(\(SQL.literal(batch)), \
    \(StagedStream.tables(staged)), \(prices.version), \
    \(prices.changedAt.map { SQL.literal($0) } ?? "NULL"), \(remakesTables));
    """
  }

  func copyDirect(_ stream: Stream) -> String {
    copy(into: "\(schema).\(SQL.identifier(stream.table))", Self.columns(stream))
  }

  func copyStaged(_ staged: StagedStream) -> String {
    copy(into: Self.temporary(staged.table), Self.columns(staged.stream))
  }

  var copyRaw: String {
    copy(
      into: Self.temporary("daybook_staged_raw"),
      """
      source_topic, source_partition, source_offset, record_timestamp, key, payload, headers, \
      is_counted, item, has_record
      """)
  }

  var copyRejections: String {
    copy(
      into: "\(schema).rejected_records",
      """
      rejected_at, cluster_id, topic, partition, "offset", record_timestamp, table_name, reason, \
      field, message, key, payload, headers, batch_id, item
      """)
  }

  var copyRollups: String {
    copy(
      into: Self.temporary("daybook_rollup_deltas"),
      (Rollup.keyColumns + Rollup.measureColumns).joined(separator: ", "))
  }

  /// The second message; the server finishes it even if this process dies after sending it.
  func applyAndCommit(
    batch: String, owner: String, cluster: String, spans: String, staged: [StagedStream],
    hasRollups: Bool, unknownFields: String? = nil
  ) -> String {
    let apply = """
      SELECT * FROM \(schema).daybook_apply_batch(\(SQL.literal(batch)), \(SQL.literal(owner)), \
      \(SQL.literal(cluster)), \(SQL.literal(spans))::jsonb, \(StagedStream.argument(staged)), \
      \(hasRollups))
      """
    guard let unknownFields else { return "\(apply); COMMIT" }
    // Counted when everything else is done: `counted` asks for the rows of `applied` first.
    return """
      WITH applied AS MATERIALIZED (\(apply)), \
      counted AS MATERIALIZED (SELECT \(schema).daybook_count_unknown_fields(\
      \(SQL.literal(unknownFields))::jsonb) FROM (SELECT count(*) FROM applied) AS first) \
      SELECT applied.* FROM applied, counted; COMMIT
      """
  }

  /// How `daybook_apply_batch` inserts the staged rows of a stream.
  func insertStaged(_ staged: StagedStream) -> String {
    let table = SQL.literal(staged.table)
    let insert = """
      SELECT \(schema).daybook_insert_staged(\(SQL.literal(staged.stream.table)), \
      \(SQL.literal(staged.stream.idColumn)), \(table))
      """
    guard let function = staged.stream.rollup?.stagingFunction else { return insert }
    return "\(insert); SELECT \(schema).\(SQL.identifier(function))(\(table))"
  }

  /// Another text after every change of a zone.
  var calendarRevision: String {
    """
    SELECT count(*) || ' ' || coalesce(extract(epoch FROM max(set_at)), 0) \
    FROM \(schema).tenant_time_zones
    """
  }

  var zonedTenants: String { "SELECT DISTINCT tenant_id FROM \(schema).tenant_time_zones" }

  /// Waits until nobody has the books for himself.
  var shareBooks: String { "SELECT \(schema).daybook_share_books()" }

  func copy(into table: String, _ columns: String) -> String {
    "COPY \(table) (\(columns)) FROM STDIN (FORMAT binary)"
  }

  private static func columns(_ stream: Stream) -> String {
    stream.storedColumns.map { SQL.identifier($0.name) }.joined(separator: ", ")
  }

  private static func temporary(_ table: String) -> String { "pg_temp." + SQL.identifier(table) }
}
