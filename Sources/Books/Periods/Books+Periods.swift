// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import Postgres

extension Books {
  /// Every month with amounts or with a statement, in order.
  package mutating func periods() throws(PostgresError) -> [BillingPeriod] {
    let answer = try connection.execute(periodsSQL, deadline: Self.lookupDeadline)
    var periods: [BillingPeriod] = []
    for row in 0..<answer.rowCount {
      guard let month = Month(answer.text(row, 0) ?? "") else { continue }
      periods.append(
        BillingPeriod(
          month: month, isClosed: answer.bool(row, 1) == true,
          version: answer.int64(row, 2).map { Int($0) }, currency: answer.text(row, 3),
          tenants: answer.int64(row, 4) ?? 0, charges: answer.text(row, 5) ?? "0",
          corrections: answer.text(row, 6) ?? "0", total: answer.text(row, 7) ?? "0",
          records: answer.int64(row, 8) ?? 0, unpricedRecords: answer.int64(row, 9) ?? 0,
          changedAt: answer.text(row, 10), changedBy: answer.text(row, 11),
          reason: answer.text(row, 12)))
    }
    return periods
  }

  /// Closes a month, or tells what that would write: a dry run does it all and rolls back, so it
  /// waits for batches that are being written, as closing does.
  ///
  /// Unless `allowDrift`, what it bills is proved from the records first, and again where it has
  /// changed by the time that the books are held.
  package mutating func close(
    _ month: Month, reason: String?, allowUnpriced: Bool, allowDrift: Bool = false, dryRun: Bool
  ) throws(PostgresError) -> CloseOutcome {
    // Before the lock, because both read records.
    let proof = allowDrift ? nil : try prove(month)
    var withoutUsage: [Month: Int64] = [:]
    let origins = try lateWithoutCost(month).keys
    for origin in [month] + origins {
      withoutUsage[origin] = try recordsWithoutUsage(origin)
    }
    try connection.execute("\(Self.begin); \(Self.timeouts); \(Self.proofSettings)")
    do throws(PostgresError) {
      let version = try connection.query(
        "SELECT \(qualified("daybook_close_period"))($1, $2)", ["\(month)-01", reason],
        deadline: Self.closeDeadline
      ).int64(0, 0)
      guard let statement = try statement(month, version: version.map { Int($0) }) else {
        throw PostgresError(.internalError, "the statement was not written", phase: .answered)
      }
      let late = try lateUnpriced(month, withoutUsage: withoutUsage)
      let own = try max(0, unpricedRecords(month) - (withoutUsage[month] ?? 0))
      let unpriced = late.reduce(own) { $0 + $1.records }
      let elsewhere = try recordsPricedElsewhere(month)
      var problems: [String] = []
      if let proof { problems = try findProblems(of: proof, month) }
      let isClosed = !dryRun && problems.isEmpty && (allowUnpriced || unpriced == 0)
      try connection.execute(isClosed ? "COMMIT" : "ROLLBACK", deadline: Self.closeDeadline)
      return CloseOutcome(
        statement: statement, unpricedRecords: unpriced, lateUnpriced: late,
        pricedElsewhere: elsewhere, problems: problems, isClosed: isClosed)
    } catch {
      if connection.isUsable { _ = try? connection.execute("ROLLBACK") }
      throw error
    }
  }

  /// Opens the last closed month again; its statements stay.
  /// A dry run does it and rolls back.
  package mutating func reopen(
    _ month: Month, reason: String, dryRun: Bool = false
  ) throws(PostgresError) {
    try transaction(Self.begin, commits: !dryRun) { (books: inout Books) throws(PostgresError) in
      try books.connection.execute(Self.timeouts)
      try books.connection.query(
        "SELECT \(books.qualified("daybook_reopen_period"))($1, $2)", ["\(month)-01", reason],
        deadline: Self.closeDeadline)
    }
  }

  /// What was written while the lock was waited for must be seen, whatever the default of the
  /// server.
  private static let begin = Begin.readWrite
  /// While it waits for a batch, others wait behind it; and a program that was stopped must not
  /// keep the books from everybody.
  private static let timeouts = """
    SET LOCAL lock_timeout = '10s'; SET LOCAL idle_in_transaction_session_timeout = '10s';
    SET LOCAL statement_timeout = '300s'
    """
  private static let closeDeadline = Duration.seconds(300)

  private var periodsSQL: String {
    """
    WITH first_open AS (SELECT \(qualified("daybook_first_open_month"))() AS first_month),
    amounts AS (
      SELECT l.month, l.tenant_id, l.currency, l.charges, l.corrections, l.records,
        l.unpriced_records
      FROM \(qualified("statement_lines")) l JOIN \(qualified("billing_periods")) b USING (month, version)
      WHERE b.status = 'closed'
      UNION ALL SELECT m.month, tenant_id, currency, cost, 0, records, unpriced_records
      FROM \(qualified("costs_monthly")) m, first_open WHERE m.month >= first_month
      UNION ALL SELECT billing_month, tenant_id, currency, 0, cost, records, unpriced_records
      FROM \(qualified("cost_adjustments")), first_open
      WHERE billing_month <> charge_month AND billing_month >= first_month),
    sums AS (
      SELECT month, currency, count(DISTINCT tenant_id) AS tenants, sum(charges) AS charges,
        sum(corrections) AS corrections, sum(records) AS records,
        sum(unpriced_records) AS unpriced_records
      FROM amounts GROUP BY month, currency)
    SELECT to_char(month, 'YYYY-MM'), month < first_month, b.version, currency,
      coalesce(tenants, 0), trim_scale(charges), trim_scale(corrections),
      trim_scale(charges + corrections), coalesce(records, 0), coalesce(unpriced_records, 0),
      \(Self.time("b.changed_at")), b.changed_by, b.reason
    FROM sums FULL JOIN \(qualified("billing_periods")) b USING (month) CROSS JOIN first_open
    ORDER BY month, currency
    """
  }

  /// `column` as RFC 3339 in UTC, whatever the session's zone.
  static func time(_ column: String) -> String {
    "to_char(\(column) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
  }
}
