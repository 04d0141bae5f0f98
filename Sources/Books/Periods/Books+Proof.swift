// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Ledger
import Postgres

extension Books {
  /// What a close would bill, compared with what it comes from: the month with its records, and so
  /// each closed month whose late records it bills as corrections; and each line that repricing
  /// posted with the catalogue.
  struct CloseProof {
    /// A fingerprint of what each tenant is billed.
    let amounts: [String: String]
    let problems: [String]
  }

  /// On one snapshot and without a lock, because it reads records.
  mutating func prove(_ month: Month) throws(PostgresError) -> CloseProof {
    try transaction(Begin.snapshot) { (books: inout Books) throws(PostgresError) in
      try books.connection.execute(Self.proofSettings)
      return CloseProof(
        amounts: try books.billedAmounts(month), problems: try books.findProblems(month, of: nil))
    }
  }

  /// The caller holds the books: what was found, and what is found now of tenants whose amounts are
  /// not those that were proved.
  mutating func findProblems(
    of proof: CloseProof, _ month: Month
  ) throws(PostgresError) -> [String] {
    let now = try billedAmounts(month)
    let changed = Set(now.keys).union(proof.amounts.keys).filter { now[$0] != proof.amounts[$0] }
    guard changed.count <= Self.tenantsProvedAgainMax else {
      throw PostgresError(
        .lockNotAvailable, "\(changed.count) tenants of \(month) had new records meanwhile",
        phase: .answered, recovery: .stop, remedy: "close again when fewer records come late")
    }
    var problems = proof.problems
    for tenant in changed.sorted() { problems += try findProblems(month, of: tenant) }
    return problems
  }

  /// While the books are held nobody can write.
  private static var tenantsProvedAgainMax: Int { 100 }
  /// For the hash tables of a month; and amounts and days are the same texts, whatever server, role
  /// or another client of a pool have set.
  static var proofSettings: String {
    "SET LOCAL work_mem = '128MB'; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, MDY'"
  }

  private mutating func findProblems(
    _ month: Month, of tenant: String?
  ) throws(PostgresError) -> [String] {
    let origins = try connection.query(
      """
      SELECT DISTINCT to_char(charge_month, 'YYYY-MM') FROM \(qualified("cost_adjustments"))
      WHERE billing_month = $1 AND kind = 'late' AND ($2::text IS NULL OR tenant_id = $2) ORDER BY 1
      """, ["\(month)-01", tenant], deadline: scanDeadline)
    let months = (0..<origins.rowCount).compactMap { Month(origins.text($0, 0) ?? "") } + [month]
    let hasZones =
      try connection.execute("SELECT EXISTS (SELECT FROM \(qualified("tenant_time_zones")))")
      .bool(0, 0) == true
    let retired = try RetiredDays.read(&connection, schema: schema)
    var problems: [String] = []
    for month in months {
      let comparison = RollupComparison(
        schema: schema, month: month, tenant: tenant, hasZones: hasZones, retired: retired)
      problems += try comparison.sentences(&connection, deadline: scanDeadline)
    }
    let lines = try checkBilledLines(month, of: tenant)
    return problems + lines.problems
  }

  private mutating func billedAmounts(_ month: Month) throws(PostgresError) -> [String: String] {
    let found = try connection.query(
      """
      SELECT tenant_id, encode(sha256(convert_to(string_agg(amount, E'\\n' ORDER BY amount), 'UTF8')), 'hex')
      FROM (
        SELECT tenant_id, m::text AS amount FROM \(qualified("costs_monthly")) m WHERE month = $1
        UNION ALL SELECT tenant_id, adjustment_id::text FROM \(qualified("cost_adjustments"))
        WHERE billing_month = $1 AND charge_month <> billing_month) AS amounts
      GROUP BY tenant_id
      """, ["\(month)-01"], deadline: scanDeadline)
    var amounts: [String: String] = [:]
    for row in 0..<found.rowCount { amounts[found.text(row, 0) ?? ""] = found.text(row, 1) ?? "" }
    return amounts
  }
}
