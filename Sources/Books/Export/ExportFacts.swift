// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest
import Postgres

/// What the database says about itself in the snapshot of an export.
package struct ExportFacts: Sendable, Equatable {
  package struct Statement: Sendable, Equatable {
    /// `YYYY-MM`.
    package var month: String
    package var version: Int64
    package var sha256: String
  }

  package var databaseName = ""
  package var systemIdentifier: String?
  package var serverVersion = ""
  package var schemaVersion: Int64 = 0
  package var priceVersion: Int64 = 0
  /// The snapshot's own time, UTC.
  package var asOf = ""
  /// Commit of the last batch that the data can contain, and its id; nil without one.
  package var watermark: String?
  package var watermarkBatch: String?
  /// Statements in force of the months that are closed.
  package var statements: [Statement] = []
  /// Changes with everything that the data file is made of, and with nothing else.
  package var fingerprint = ""
}

extension Books {
  /// For scans of all rollups of some months.
  static let exportDeadline = Duration.seconds(1_800)

  mutating func exportFacts(
    _ request: ExportRequest, toolVersion: String
  ) throws(PostgresError) -> ExportFacts {
    var facts = ExportFacts()
    let format = "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'"
    let general = try connection.query(
      """
      SELECT current_database(), has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE'),
        current_setting('server_version'), (SELECT max(version) FROM \(qualified("schema_migrations"))),
        coalesce((SELECT max(version) FROM \(qualified("price_versions"))), 0),
        to_char(transaction_timestamp() AT TIME ZONE 'UTC', \(format)),
        to_char(b.committed_at AT TIME ZONE 'UTC', \(format)), b.batch_id
      FROM (SELECT) AS one LEFT JOIN (SELECT committed_at, batch_id FROM \(qualified("ingest_batches"))
        ORDER BY committed_at DESC, batch_id DESC LIMIT 1) AS b ON true
      """)
    facts.databaseName = general.text(0, 0) ?? ""
    facts.serverVersion = general.text(0, 2) ?? ""
    facts.schemaVersion = general.int64(0, 3) ?? 0
    facts.priceVersion = general.int64(0, 4) ?? 0
    facts.asOf = general.text(0, 5) ?? ""
    facts.watermark = general.text(0, 6)
    facts.watermarkBatch = general.text(0, 7)
    if general.bool(0, 1) == true {
      facts.systemIdentifier = try connection.query(
        "SELECT system_identifier FROM pg_catalog.pg_control_system()"
      ).text(0, 0)
    }
    facts.statements = try statements(request)
    facts.fingerprint = try fingerprint(request, facts, toolVersion)
    return facts
  }

  /// Those of the exported months; by charge month also of the months that bill their corrections.
  private mutating func statements(
    _ request: ExportRequest
  ) throws(PostgresError) -> [ExportFacts.Statement] {
    let corrections = ExportSQL(request, schema: schema).corrections
    let found = try connection.query(
      """
      SELECT to_char(s.month, 'YYYY-MM'), s.version, encode(s.sha256, 'hex')
        FROM \(qualified("statements")) s JOIN \(qualified("billing_periods")) p USING (month, version)
       WHERE p.status = 'closed' AND s.month >= '\(request.first)-01'
         AND (s.month <= '\(request.last)-01' OR s.month IN (
           SELECT billing_month FROM \(qualified("cost_adjustments")) WHERE \(corrections)))
       ORDER BY s.month
      """)
    return (0..<found.rowCount).map { row in
      ExportFacts.Statement(
        month: found.text(row, 0) ?? "", version: found.int64(row, 1) ?? 0,
        sha256: found.text(row, 2) ?? "")
    }
  }

  /// Every column of every row counts, and so does the program that writes them.
  private mutating func fingerprint(
    _ request: ExportRequest, _ facts: ExportFacts, _ toolVersion: String
  ) throws(PostgresError) -> String {
    let sql = ExportSQL(request, schema: schema)
    let tenant = request.tenant.map { "tenant_id = \(SQL.literal($0))" } ?? "true"
    func hash(_ table: String, _ condition: String) -> String {
      """
      (SELECT concat_ws(' ', count(*), sum(hashtextextended(t::text, 0)::numeric))
         FROM \(qualified(table)) AS t WHERE \(condition))
      """
    }
    let state = try connection.query(
      """
      SELECT concat_ws('|', \(hash(sql.rollup.table, sql.inRange(sql.rollup.period))),
        \(hash("cost_adjustments", sql.corrections)), \(hash("tenants", tenant)),
        \(hash("tenant_time_zones", tenant)), \(qualified("daybook_first_open_month"))())
      """, deadline: Self.exportDeadline
    ).text(0, 0)
    let closed = facts.statements.map { "\($0.month) \($0.version) \($0.sha256)" }
    let parts =
      [
        toolVersion, facts.databaseName, facts.systemIdentifier ?? "", schema,
        "\(facts.schemaVersion)", "\(facts.priceVersion)", state ?? "",
      ] + closed + ["\(request)"]
    return SHA256.hex(of: Array(parts.joined(separator: "\n").utf8))
  }
}
