// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Ledger
package import Postgres

/// Recomputes rollups from records and adjustments, month by month, and writes down every
/// difference.
///
/// Reads on one connection, which may lead to a replica, and writes on another one to the primary;
/// it holds no lock that a batch waits for. Each month is one snapshot, in which records and
/// rollups agree whatever is written meanwhile. For one thread.
package struct Reconciler: InSchema, ~Copyable {
  /// Rows of a month that are written down at most.
  package static let driftRowsMax = 100_000
  /// Differences that a report names.
  static let driftShownMax = 20
  /// An interrupted run of the same login and scope is continued when it began so recently: what
  /// another login says that it has compared proves nothing.
  static let resumeHoursMax = 24
  private static let begin = Begin.readWrite
  static let attemptsMax = 5
  static let attemptPauseSeconds = 2
  static let scanDeadline = Duration.seconds(7_200)
  /// For the hash tables of a month; a month of many tenants and models does not fit the default.
  static let workMemory = "128MB"

  var primary: Connection
  var source: Connection
  package let schema: String
  let scope: ReconcileScope

  package init(
    primary: consuming Connection, source: consuming Connection, schema: String,
    scope: ReconcileScope
  ) {
    self.primary = primary
    self.source = source
    self.schema = schema
    self.scope = scope
  }

  /// Compares what the scope says; `observe` is told each month when it is done, and how many there
  /// are. With `repair`, a reason, the differences of open months are added to the rollups.
  package mutating func run(
    repair reason: String? = nil,
    observe: (Reconciliation.ComparedMonth, Int) -> Void = { _, _ in }
  ) throws(ReconcileError) -> Reconciliation {
    do throws(PostgresError) {
      var (report, done) = try begin()
      report.monthsResumed = done.count
      var attempt = 1
      repeat {
        if scope.source == .replica { try waitForReplay() }
        let months = try months()
        for month in months where !done.contains(month) {
          let compared = try compare(month, of: report.id)
          report.months.append(compared)
          done.insert(month)
          observe(compared, months.count)
        }
        attempt += 1
      } while try !finish(report.id, mayGoOn: attempt <= Self.attemptsMax)
      if let reason { try self.repair(report.id, reason) }
      try summarize(&report)
      return report
    } catch {
      throw ReconcileError.named(error)
    }
  }

  /// False: a month came, in a batch that was under way when the run began, and is to be compared.
  private mutating func finish(_ id: Int64, mayGoOn: Bool) throws(PostgresError) -> Bool {
    do throws(PostgresError) {
      try primary.query(
        "UPDATE \(qualified("reconciliations")) SET finished_at = clock_timestamp()"
          + " WHERE reconciliation_id = $1 AND finished_at IS NULL", [String(id)],
        deadline: Self.scanDeadline)
      return true
    } catch {
      guard mayGoOn, error.sqlState == .notInPrerequisiteState else { throw error }
      return false
    }
  }

  /// A run to go on with, or a new one. The books are held shared meanwhile, so every close and
  /// change of zones that began earlier has ended, and what begins later has a later time. A repair
  /// under way may still be found; it takes the differences again and adds nothing twice.
  private mutating func begin() throws(PostgresError) -> (Reconciliation, done: Set<Month>) {
    try primary.execute(
      "\(Self.begin); SET LOCAL lock_timeout = '30s'; SELECT \(qualified("daybook_share_books"))()")
    let open = try primary.query(
      """
      SELECT reconciliation_id,
        (SELECT string_agg(to_char(month, 'YYYY-MM'), ',') FROM unnest(months_done) AS month)
      FROM \(qualified("reconciliations")) r
      WHERE finished_at IS NULL AND started_by = session_user
        AND month IS NOT DISTINCT FROM $1 AND tenant_id IS NOT DISTINCT FROM $2
        AND source = $3 AND started_at > clock_timestamp() - interval '\(Self.resumeHoursMax) hours'
        AND NOT EXISTS (SELECT FROM \(qualified("billing_journal")) j WHERE j.at >= r.started_at
          AND j.action IN ('close', 'reopen', 'repair', 'time_zone'))
      ORDER BY reconciliation_id DESC LIMIT 1
      """, scope.parameters)
    if let id = open.int64(0, 0) {
      try primary.execute("COMMIT")
      let months = (open.text(0, 1) ?? "").split(separator: ",").compactMap { Month($0) }
      return (Reconciliation(id: id), Set(months))
    }
    let made = try primary.query(
      """
      INSERT INTO \(qualified("reconciliations")) (month, tenant_id, source) VALUES ($1, $2, $3)
      RETURNING reconciliation_id
      """, scope.parameters
    ).int64(0, 0)
    try primary.execute("COMMIT")
    return (Reconciliation(id: made ?? 0), [])
  }

  private mutating func repair(_ id: Int64, _ reason: String) throws(PostgresError) {
    let open = try primary.query(
      """
      SELECT count(*) FROM \(qualified("reconciliation_drift")) WHERE reconciliation_id = $1
        AND repaired_at IS NULL AND period_start >= \(qualified("daybook_first_open_month"))()
      """, [String(id)]
    ).int64(0, 0)
    guard open != 0 else { return }
    try primary.execute("\(Self.begin); SET LOCAL lock_timeout = '10s'")
    try primary.query(
      "SELECT \(qualified("daybook_repair_rollups"))($1, $2)", [String(id), reason],
      deadline: Self.scanDeadline)
    try primary.execute("COMMIT")
  }
}
