// SPDX-License-Identifier: Apache-2.0
import Postgres
import Telemetry

/// Measures dead rows in attached partitions, and forgets old runs.
struct UpkeepReport {
  static let runsKeptDays = 90
  /// Less is not worth a word; the metric has it.
  static let ratioReported = 0.05

  func run(_ session: inout MaintenanceSession, _ tally: inout JobTally) throws(UpkeepError) {
    let purge = try session.run(
      "DELETE FROM \(session.qualified("maintenance_runs")) "
        + "WHERE started_at < now() - make_interval(days => \(Self.runsKeptDays))")
    tally.actions += purge.affectedRows
    let found: Worst
    if let exact = try exact(&session) { found = exact } else { found = try estimated(&session) }
    Metrics.partitionDeadRowRatio.removeAll()
    for (table, partition, ratio) in found {
      Metrics.partitionDeadRowRatio.set(ratio, [table])
      guard ratio >= Self.ratioReported else { continue }
      let percent = (ratio * 1000).rounded() / 10
      tally.notes.append("\(partition) has \(percent) % dead rows, the most of \(table)")
    }
  }

  private typealias Worst = [(table: String, partition: String, ratio: Double)]

  /// Nil without the extension, or without the right to use it.
  private func exact(_ session: inout MaintenanceSession) throws(UpkeepError) -> Worst? {
    let found = try session.note(
      """
      SELECT format('%I.%I', n.nspname, p.proname)
        FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
        JOIN pg_proc p ON p.pronamespace = e.extnamespace AND p.proname = 'pgstattuple_approx'
       WHERE e.extname = 'pgstattuple' AND has_function_privilege(p.oid, 'EXECUTE')
      """)
    guard let function = found.text(0, 0) else { return nil }
    return try worst(
      "(SELECT dead_tuple_count::float8 AS dead, approx_tuple_count::float8 AS live "
        + "FROM \(function)(c.oid::regclass))", &session)
  }

  /// What the statistics collector has counted since the last VACUUM.
  private func estimated(_ session: inout MaintenanceSession) throws(UpkeepError) -> Worst {
    try worst(
      "(SELECT n_dead_tup::float8 AS dead, n_live_tup::float8 AS live "
        + "FROM pg_stat_all_tables WHERE relid = c.oid)", &session)
  }

  private func worst(
    _ counts: String, _ session: inout MaintenanceSession
  ) throws(UpkeepError) -> Worst {
    let rows = try session.run(
      """
      SELECT DISTINCT ON (p.table_name) p.table_name, c.relname,
        coalesce(t.dead / nullif(t.dead + t.live, 0), 0) AS ratio
        FROM \(session.qualified("partition_policies")) p
        JOIN pg_inherits i ON i.inhparent = to_regclass(
          format('%I.%I', \(SQL.literal(session.schema)), p.table_name))
        JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind = 'r', LATERAL \(counts) AS t
       ORDER BY p.table_name, ratio DESC, c.relname
      """, .long)
    return (0..<rows.rowCount).compactMap { row in
      guard let table = rows.text(row, 0), let name = rows.text(row, 1),
        let ratio = rows.text(row, 2).flatMap(Double.init)
      else { return nil }
      return (table, name, ratio)
    }
  }
}
