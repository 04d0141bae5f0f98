// SPDX-License-Identifier: Apache-2.0
import Digest
import Postgres
import Records

/// A temporary table of a batch.
///
/// It stays on the server connection, which belongs to nobody behind a pooler, and is emptied at
/// commit: made again for each batch, it would bloat the catalogue. Its name ends with a hash of what
/// it is, so that another version of the program, with other columns, has another table. The functions
/// of the database know these names; a test compares them.
struct TemporaryTable: Sendable {
  let name: String
  private let definition: String

  /// In the temporary schema.
  var qualified: String { "pg_temp." + SQL.identifier(name) }

  var create: String { " CREATE TEMP TABLE IF NOT EXISTS \(SQL.identifier(name)) \(definition);" }

  /// One that another client made under this name may have other columns, or keep its rows.
  var drop: String { " DROP TABLE IF EXISTS \(qualified);" }

  private init(_ name: String, _ columns: String) {
    let hash = SHA256.hex(of: Array("\(columns) \(Self.atCommit)".utf8)).prefix(Self.hashDigits)
    self.name = "\(name)_\(hash)"
    definition = "(\(columns)) \(Self.atCommit)"
  }

  /// Rows of a stream that may be duplicates.
  static func staged(_ stream: Stream) -> TemporaryTable {
    let columns = stream.storedColumns.map { "\(SQL.identifier($0.name)) \($0.sqlType)" }
    return TemporaryTable("daybook_staged_" + stream.table, columns.joined(separator: ", "))
  }

  static let rollupDeltas = TemporaryTable(
    "daybook_rollup_deltas",
    """
    tenant_id text, day date, slot smallint, project_id text, provider text, model text, \
    service_tier text, currency text, records bigint, failed_records bigint, unpriced_records bigint, \
    input_tokens bigint, output_tokens bigint, cache_read_input_tokens bigint, \
    cache_creation_input_tokens bigint, reasoning_output_tokens bigint, cost numeric, \
    time_zone text NOT NULL DEFAULT 'UTC'
    """)

  /// The staged rows' records as they came, and whether the deltas have counted them.
  static let stagedRaw = TemporaryTable(
    "daybook_staged_raw",
    """
    source_topic text, source_partition integer, source_offset bigint, \
    record_timestamp timestamptz, key bytea, payload bytea, headers jsonb, is_counted boolean
    """)

  static let inserted = TemporaryTable(
    "daybook_inserted", "source_topic text, source_partition integer, source_offset bigint")

  static let settled = TemporaryTable(
    "daybook_settled",
    """
    table_name text, source_topic text, source_partition integer, source_offset bigint, verdict text
    """)

  /// Identities whose rows are looked for.
  static let asked = TemporaryTable(
    "daybook_asked",
    #"tenant_id text COLLATE "C", occurred_at timestamptz, id uuid, entry integer"#)

  private static let atCommit = "ON COMMIT DELETE ROWS"
  private static let hashDigits = 8
}
