// SPDX-License-Identifier: Apache-2.0
import Glibc
import Postgres
import Sysexits

extension Reconciler {
  /// How long a replica may take to come to where the primary was at the start.
  static let replaySecondsMax = 120

  /// What was repaired before must not be found again on a replica that is behind.
  mutating func waitForReplay() throws(PostgresError) {
    let position = try primary.execute("SELECT pg_current_wal_lsn()").text(0, 0)
    for _ in 0..<Self.replaySecondsMax {
      let isThere = try source.query(
        "SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= $1::pg_lsn", [position]
      ).bool(0, 0)
      if isThere == true { return }
      sleep(1)
    }
    throw PostgresError(
      .lockNotAvailable, "the replica is more than \(Self.replaySecondsMax) seconds behind",
      phase: .answered, remedy: "wait until it has caught up, or reconcile on the primary")
  }

  mutating func summarize(_ report: inout Reconciliation) throws(PostgresError) {
    let id = String(report.id)
    let run = try primary.query(
      """
      SELECT rows_read, differences, \(Books.time("data_as_of")) FROM \(qualified("reconciliations"))
      WHERE reconciliation_id = $1
      """, [id])
    report.records = run.int64(0, 0) ?? 0
    report.differences = run.int64(0, 1) ?? 0
    report.dataAsOf = run.text(0, 2)
    let sums = try primary.query(
      """
      SELECT currency, count(*), count(*) FILTER (WHERE repaired_at IS NULL),
        trim_scale(coalesce(sum(cost) FILTER (WHERE granularity = 'day'), 0)),
        trim_scale(coalesce(sum(cost) FILTER (WHERE granularity = 'month'), 0))
      FROM \(qualified("reconciliation_drift")) WHERE reconciliation_id = $1
      GROUP BY currency ORDER BY currency
      """, [id])
    for row in 0..<sums.rowCount {
      report.currencies.append(
        Reconciliation.CurrencyDrift(
          currency: sums.text(row, 0) ?? "", differences: sums.int64(row, 1) ?? 0,
          unrepaired: sums.int64(row, 2) ?? 0, daily: sums.text(row, 3) ?? "",
          monthly: sums.text(row, 4) ?? ""))
    }
    report.unrepaired = report.currencies.reduce(0) { $0 + $1.unrepaired }
    let drift = try primary.query(
      """
      SELECT granularity, tenant_id, to_char(period_start, 'YYYY-MM-DD'), provider, model, currency,
        trim_scale(cost_expected), trim_scale(cost_found), trim_scale(cost), records, is_closed,
        repaired_at IS NOT NULL
      FROM \(qualified("reconciliation_drift")) WHERE reconciliation_id = $1
      ORDER BY granularity, tenant_id, period_start, provider, model LIMIT \(Self.driftShownMax)
      """, [id])
    report.drift = (0..<drift.rowCount).map { row in
      Reconciliation.Drift(
        granularity: drift.text(row, 0) ?? "", tenant: drift.text(row, 1) ?? "",
        periodStart: drift.text(row, 2) ?? "", provider: drift.text(row, 3) ?? "",
        model: drift.text(row, 4) ?? "", currency: drift.text(row, 5) ?? "",
        costExpected: drift.text(row, 6) ?? "", costFound: drift.text(row, 7),
        cost: drift.text(row, 8) ?? "", records: drift.int64(row, 9) ?? 0,
        isClosed: drift.bool(row, 10) == true, isRepaired: drift.bool(row, 11) == true)
    }
  }
}

extension ReconcileError {
  /// With what to do next, where the server's own advice is not about the books.
  static func named(_ error: PostgresError) -> ReconcileError {
    switch error.sqlState {
    case .insufficientPrivilege:
      ReconcileError(
        "\(error.message): reconcile as a member of app_finance", exitCode: .noPermission)
    case .internalError, .lockNotAvailable:
      ReconcileError("\(error.message): \(error.remedy)", exitCode: error.exitCode)
    default: ReconcileError(error)
    }
  }
}
