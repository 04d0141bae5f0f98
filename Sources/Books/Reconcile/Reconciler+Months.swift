// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Glibc
import Ledger
import Postgres
import Records
import Sysexits

extension Reconciler {
  /// What one snapshot said of a month.
  private struct Finding {
    /// Rows of reconciliation_drift as JSON objects.
    var drift: [String] = []
    var records: Int64 = 0
    var leavesDaysOut = false
    var dataAsOf: String?
  }

  /// The months of the scope: every month with rollups, adjustments or records.
  mutating func months() throws(PostgresError) -> [Month] {
    if let month = scope.month { return [month] }
    let answer = try source.execute(
      """
      \(Begin.snapshot);
      SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, MDY';
      \(monthsSQL);
      COMMIT
      """, deadline: Self.scanDeadline)
    return (0..<answer.rowCount).compactMap { Month(answer.text($0, 0) ?? "") }
  }

  /// Partitions tell where records can be, so that they need not be read for it. A record may be
  /// billed in the month before or behind its own by UTC.
  private var monthsSQL: String {
    """
    WITH bounds AS (
      SELECT regexp_match(pg_get_expr(c.relpartbound, c.oid),
        'FROM \\(''([^'']+)''\\) TO \\(''([^'']+)''\\)') AS bound
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = \(SQL.literal(qualified("invocations")))::regclass)
    SELECT DISTINCT to_char(month, 'YYYY-MM') FROM (
      SELECT DISTINCT date_trunc('month', day::timestamp) FROM \(qualified("costs_daily"))
      UNION SELECT DISTINCT month FROM \(qualified("costs_monthly"))
      UNION SELECT DISTINCT charge_month FROM \(qualified("cost_adjustments"))
      UNION SELECT start + n * interval '1 month'
      FROM bounds, generate_series(date_trunc('month', bound[1]::timestamp),
          bound[2]::timestamp - interval '1 microsecond', interval '1 month') AS start,
        generate_series(-1, 1) AS n
      WHERE EXISTS (SELECT FROM \(qualified("invocations"))
          WHERE occurred_at >= start::timestamptz AND occurred_at < start::timestamptz + interval '1 month')
        AND (n = 0 OR EXISTS (SELECT FROM \(qualified("tenant_time_zones"))))) AS months (month)
    WHERE isfinite(month) ORDER BY 1
    """
  }

  /// Compares one month and writes the differences down, with the mark that it is done, at once.
  mutating func compare(
    _ month: Month, of id: Int64
  ) throws(PostgresError) -> Reconciliation.ComparedMonth {
    var attempt = 1
    while true {
      do throws(PostgresError) {
        if let finding = try read(month) {
          try write(finding, month, id)
          return Reconciliation.ComparedMonth(
            month: month, records: finding.records, differences: finding.drift.count,
            leavesDaysOut: finding.leavesDaysOut)
        }
      } catch {
        // A replica cancels what holds up its recovery.
        guard error.sqlState == .serializationFailure, source.isUsable, primary.isUsable,
          attempt < Self.attemptsMax
        else { throw error }
      }
      guard attempt < Self.attemptsMax else {
        throw PostgresError(
          .lockNotAvailable, "partitions left again and again while \(month) was compared",
          phase: .answered)
      }
      attempt += 1
      sleep(UInt32(Self.attemptPauseSeconds))
    }
  }

  /// Compiling these statements takes longer than it saves, up to many millions of records.
  ///
  /// Nil when a partition began to leave meanwhile: then nobody knows which of its rows were read.
  private mutating func read(_ month: Month) throws(PostgresError) -> Finding? {
    try source.execute(
      """
      \(Begin.snapshot);
      SET LOCAL work_mem = '\(Self.workMemory)'; SET LOCAL timezone = 'UTC';
      SET LOCAL datestyle = 'ISO, MDY'; SET LOCAL lock_timeout = '30s';
      SET LOCAL statement_timeout = '\(Self.scanDeadline.components.seconds)s'
      """)
    do throws(PostgresError) {
      let retired = try RetiredDays.read(&source, schema: schema)
      let finding = try read(month, without: retired)
      try source.execute("COMMIT")
      return try RetiredDays.read(&source, schema: schema) == retired ? finding : nil
    } catch {
      if source.isUsable { _ = try? source.execute("ROLLBACK") }
      throw error
    }
  }

  private mutating func read(
    _ month: Month, without retired: RetiredDays
  ) throws(PostgresError) -> Finding {
    let state = try source.execute(
      """
      SELECT EXISTS (SELECT FROM \(qualified("tenant_time_zones"))),
        \(Books.time("max(updated_at)")) FROM \(qualified("ingest_offsets"))
      WHERE cluster_id <> 'daybook'
      """)
    let comparison = RollupComparison(
      schema: schema, month: month, tenant: scope.tenant, hasZones: state.bool(0, 0) == true,
      retired: retired)
    let rows = try source.execute(
      comparison.driftSQL(limit: Self.driftRowsMax + 1), deadline: Self.scanDeadline)
    guard rows.rowCount <= Self.driftRowsMax else {
      throw PostgresError(
        .internalError,
        "more than \(Self.driftRowsMax) rows of the rollups of \(month) differ", phase: .answered,
        recovery: .stop, remedy: "reconcile one tenant after the other (--tenant)",
        exitCode: .checkFailed)
    }
    var finding = Finding()
    finding.leavesDaysOut = comparison.leavesDaysOut
    finding.dataAsOf = state.text(0, 1)
    finding.records =
      try source.execute(comparison.countSQL, deadline: Self.scanDeadline).int64(0, 0) ?? 0
    for row in 0..<rows.rowCount {
      if rows.text(row, 0) == "day" { finding.records += rows.int64(row, 1) ?? 0 }
      finding.drift.append(rows.text(row, 2) ?? "{}")
    }
    return finding
  }

  private mutating func write(
    _ finding: Finding, _ month: Month, _ id: Int64
  ) throws(PostgresError) {
    try primary.execute(Begin.readWrite)
    do throws(PostgresError) {
      let marked = try primary.query(
        """
        UPDATE \(qualified("reconciliations")) SET months_done = months_done || $2::date,
          rows_read = rows_read + $3, differences = differences + $4, data_as_of = $5
        WHERE reconciliation_id = $1 AND $2::date <> ALL (months_done)
        """,
        [
          String(id), "\(month)-01", String(finding.records), String(finding.drift.count),
          finding.dataAsOf,
        ]
      ).affectedRows
      // Another process has gone on with the same run, and was faster.
      if marked == 1 {
        for start in stride(from: 0, to: finding.drift.count, by: Self.driftChunk) {
          let chunk = finding.drift[start..<min(start + Self.driftChunk, finding.drift.count)]
          try primary.query(
            insertSQL, [String(id), "[" + chunk.joined(separator: ",") + "]"],
            deadline: Self.scanDeadline)
        }
      }
      try primary.execute("COMMIT")
    } catch {
      if primary.isUsable { _ = try? primary.execute("ROLLBACK") }
      throw error
    }
  }

  private static var driftChunk: Int { 1_000 }

  private var insertSQL: String {
    let keys =
      "granularity, tenant_id, period_start, project_id, provider, model, service_tier, currency"
    let measures = Rollup.measureColumns.joined(separator: ", ")
    return """
      INSERT INTO \(qualified("reconciliation_drift")) (reconciliation_id, \(keys), time_zone,
        is_closed, \(measures), cost_expected, cost_found)
      SELECT $1, \(keys), time_zone, period_start < \(qualified("daybook_first_open_month"))(),
        \(measures), cost_expected, cost_found
      FROM jsonb_populate_recordset(NULL::\(qualified("reconciliation_drift")), $2::jsonb)
      """
  }
}
