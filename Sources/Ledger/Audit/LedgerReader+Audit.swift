// SPDX-License-Identifier: Apache-2.0
package import Postgres
import Records

extension LedgerReader {
  /// Of each kind of problem, so many are named; the rest are counted.
  static let problemsNamedMax = 20
  static let repeatedIdentitiesMax = 10

  /// Checks the accounting on one snapshot; reads every row, so it takes a while on a large
  /// database.
  ///
  /// Rows that left with retired partitions count as their receipts say. While a partition is in
  /// transit, what depends on its rows is not judged.
  package mutating func audit() throws(PostgresError) -> AuditReport {
    try snapshot { (reader: inout LedgerReader) throws(PostgresError) in
      var report = AuditReport()
      try reader.lockTables()
      let retired = try reader.checkRetirements(&report)
      try reader.checkBatches(&report)
      try reader.checkAccounts(&report)
      try reader.checkSpans(&report)
      try reader.checkRollups(&report, retired)
      try reader.checkDailySums(&report)
      try reader.checkStatements(&report)
      try reader.checkLateLines(&report)
      try reader.checkPriceStamps(&report)
      try reader.findRepeatedIdentities(&report)
      return report
    }
  }

  /// The sums of a batch are those of its spans.
  private mutating func checkBatches(_ report: inout AuditReport) throws(PostgresError) {
    let counts = try rows(
      """
      SELECT (SELECT count(*) FROM \(qualified("ingest_batches"))), (SELECT coalesce(sum(row_count), 0)
        FROM \(receiptsSQL) AS c WHERE table_name = 'ingest_batches')
      """, deadline: scanDeadline
    ).first
    report.batches = counts?.integer(0) ?? 0
    report.retiredBatches = counts?.integer(1) ?? 0
    let sql = """
      SELECT b.batch_id FROM \(qualified("ingest_batches")) b LEFT JOIN (
        SELECT batch_id, sum(records) AS records, sum(seen) AS seen, sum(stored) AS stored,
          sum(duplicates) AS duplicates, sum(rejected) AS rejected, sum(skipped) AS skipped,
          sum(gap_offsets) AS gap_offsets
        FROM \(qualified("ingest_spans")) GROUP BY batch_id) AS s USING (batch_id)
      WHERE (coalesce(b.records, b.seen), b.seen, b.stored, b.duplicates, b.rejected, b.skipped,
          b.gap_offsets)
        IS DISTINCT FROM (s.records, s.seen, s.stored, s.duplicates, s.rejected, s.skipped,
          s.gap_offsets)
        OR b.seen <> b.stored + b.duplicates + b.rejected + b.skipped
      """
    let wrong = try rows(sql, deadline: scanDeadline)
    report.add(wrong.map { "batch \($0.text(0)): its sums are not those of its spans" })
  }

  /// seen = stored + duplicates + rejected + skipped; rows = stored; kept refusals = rejected; per
  /// table.
  private mutating func checkAccounts(_ report: inout AuditReport) throws(PostgresError) {
    report.accounts = try rows(accountsSQL, deadline: scanDeadline).map {
      AuditReport.TableAccount(
        table: $0.text(0), records: $0.integer(1), seen: $0.integer(2), stored: $0.integer(3),
        duplicates: $0.integer(4), rejected: $0.integer(5), skipped: $0.integer(6),
        gaps: $0.integer(7), rows: $0.integer(8), retiredRows: $0.integer(9),
        rejectedRows: $0.integer(10), retiredRejectedRows: $0.integer(11))
    }
    if report.isUnsettled("ingest_batches") { return }
    for account in report.accounts {
      report.add(
        account.problems(
          rowsAreKnown: !report.isUnsettled(account.table),
          rejectsAreKnown: !report.isUnsettled("rejected_records")))
    }
  }

  private var accountsSQL: String {
    """
    WITH receipts AS \(receiptsSQL)
    SELECT t.name, coalesce(s.records, 0), coalesce(s.seen, 0), coalesce(s.stored, 0),
      coalesce(s.duplicates, 0), coalesce(s.rejected, 0), coalesce(s.skipped, 0), coalesce(s.gaps, 0), t.rows,
      coalesce((SELECT sum(row_count) FROM receipts c WHERE c.table_name = t.name), 0),
      coalesce(r.rows, 0),
      coalesce((SELECT sum((totals->'tables'->>t.name)::bigint) FROM receipts c
        WHERE c.table_name = 'rejected_records'), 0)
    FROM (\(rowCountsSQL)) AS t
    LEFT JOIN (SELECT table_name, sum(records) AS records, sum(seen) AS seen, sum(stored) AS stored,
                 sum(duplicates) AS duplicates, sum(rejected) AS rejected, sum(skipped) AS skipped,
                 sum(gaps) AS gaps
               FROM (
                 SELECT table_name, records, seen, stored, duplicates, rejected, skipped,
                   gap_offsets AS gaps
                 FROM \(qualified("ingest_spans"))
                 UNION ALL
                 SELECT t.key, coalesce(v.records, v.seen), v.seen, v.stored, v.duplicates,
                   v.rejected, coalesce(v.skipped, 0), v.gaps
                 FROM receipts c, jsonb_each(c.totals->'tables') AS t,
                   jsonb_to_record(t.value) AS v(records bigint, seen bigint, stored bigint,
                     duplicates bigint, rejected bigint, skipped bigint, gaps bigint)
                 WHERE c.table_name = 'ingest_batches') AS counted
               GROUP BY table_name) AS s ON s.table_name = t.name
    LEFT JOIN (SELECT table_name, count(*) AS rows FROM \(qualified("rejected_records"))
               GROUP BY table_name) AS r ON r.table_name = t.name
    ORDER BY t.name
    """
  }

  private var rowCountsSQL: String {
    Stream.all.map { "SELECT '\($0.table)' AS name, count(*) AS rows FROM \(qualified($0.table))" }
      .joined(separator: " UNION ALL ")
  }

  private mutating func findRepeatedIdentities(
    _ report: inout AuditReport
  ) throws(PostgresError) {
    for stream in Stream.all {
      guard let id = stream.identityColumns.last else { continue }
      let sql = """
        SELECT tenant_id, \(id), count(*), count(*) OVER ()
        FROM \(qualified(stream.table)) GROUP BY tenant_id, \(id) HAVING count(*) > 1
        ORDER BY tenant_id, \(id) LIMIT \(Self.repeatedIdentitiesMax)
        """
      let found = try rows(sql, deadline: scanDeadline)
      report.repeatedIdentityCount += found.first?.integer(3) ?? 0
      report.repeatedIdentities += found.map {
        AuditReport.RepeatedIdentity(
          table: stream.table, tenant: $0.text(0), id: $0.text(1), times: $0.integer(2))
      }
    }
  }
}

extension AuditReport {
  /// Names the first of these problems and counts the others.
  mutating func add(_ sentences: [String]) {
    problems += sentences.prefix(LedgerReader.problemsNamedMax)
    let more = sentences.count - LedgerReader.problemsNamedMax
    if more > 0 { problems.append("… and \(more) more of this kind") }
  }
}

extension AuditReport.TableAccount {
  func problems(rowsAreKnown: Bool, rejectsAreKnown: Bool) -> [String] {
    var problems: [String] = []
    if seen != stored + duplicates + rejected + skipped {
      problems.append(
        "\(table): \(seen) items seen, but \(stored) stored + \(duplicates) duplicates + "
          + "\(rejected) rejected + \(skipped) skipped")
    }
    if rowsAreKnown && rows + retiredRows != stored {
      problems.append(
        "\(table): \(rows) rows\(Self.and(retiredRows)), but the ledger says \(stored) stored")
    }
    if rejectsAreKnown && rejectedRows + retiredRejectedRows != rejected {
      problems.append(
        "\(table): \(rejectedRows) rejected_records\(Self.and(retiredRejectedRows)), but the ledger "
          + "says \(rejected) rejected")
    }
    return problems
  }

  private static func and(_ retired: Int64) -> String {
    retired == 0 ? "" : " and \(retired) retired"
  }
}
