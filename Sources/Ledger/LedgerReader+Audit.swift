// SPDX-License-Identifier: Apache-2.0
package import Postgres

extension LedgerReader {
  /// Of each kind of problem, so many are named; the rest are counted.
  static let problemsNamedMax = 20
  static let repeatedIdentitiesMax = 10

  /// Checks the accounting on one snapshot; reads every row, so it takes a while on a large
  /// database.
  package mutating func audit() throws(PostgresError) -> AuditReport {
    try snapshot { (reader: inout LedgerReader) throws(PostgresError) in
      var report = AuditReport()
      try reader.checkBatches(&report)
      try reader.checkAccounts(&report)
      try reader.checkSpans(&report)
      try reader.checkRollups(&report)
      try reader.findRepeatedIdentities(&report)
      return report
    }
  }

  /// The sums of a batch are those of its spans.
  private mutating func checkBatches(_ report: inout AuditReport) throws(PostgresError) {
    report.batches =
      try rows("SELECT count(*) FROM \(table("ingest_batches"))", deadline: Self.scanDeadline)
      .first?.integer(0) ?? 0
    let sql = """
      SELECT b.batch_id FROM \(table("ingest_batches")) b LEFT JOIN (
        SELECT batch_id, sum(seen) AS seen, sum(stored) AS stored, sum(duplicates) AS duplicates,
          sum(rejected) AS rejected, sum(gap_offsets) AS gap_offsets
        FROM \(table("ingest_spans")) GROUP BY batch_id) AS s USING (batch_id)
      WHERE (b.seen, b.stored, b.duplicates, b.rejected, b.gap_offsets)
        IS DISTINCT FROM (s.seen, s.stored, s.duplicates, s.rejected, s.gap_offsets)
        OR b.seen <> b.stored + b.duplicates + b.rejected
      """
    let wrong = try rows(sql, deadline: Self.scanDeadline)
    report.add(wrong.map { "batch \($0.text(0)): its sums are not those of its spans" })
  }

  /// seen = stored + duplicates + rejected; rows = stored; kept refusals = rejected; per table.
  private mutating func checkAccounts(_ report: inout AuditReport) throws(PostgresError) {
    let sql = """
      SELECT t.name, coalesce(s.seen, 0), coalesce(s.stored, 0), coalesce(s.duplicates, 0),
        coalesce(s.rejected, 0), coalesce(s.gaps, 0), t.rows, coalesce(r.rows, 0)
      FROM (SELECT 'audit_logs' AS name, count(*) AS rows FROM \(table("audit_logs"))
            UNION ALL SELECT 'invocations', count(*) FROM \(table("invocations"))) AS t
      LEFT JOIN (SELECT table_name, sum(seen) AS seen, sum(stored) AS stored,
                   sum(duplicates) AS duplicates, sum(rejected) AS rejected,
                   sum(gap_offsets) AS gaps
                 FROM \(table("ingest_spans")) GROUP BY table_name) AS s ON s.table_name = t.name
      LEFT JOIN (SELECT table_name, count(*) AS rows FROM \(table("rejected_records"))
                 GROUP BY table_name) AS r ON r.table_name = t.name
      ORDER BY t.name
      """
    report.accounts = try rows(sql, deadline: Self.scanDeadline).map {
      AuditReport.TableAccount(
        table: $0.text(0), seen: $0.integer(1), stored: $0.integer(2), duplicates: $0.integer(3),
        rejected: $0.integer(4), gaps: $0.integer(5), rows: $0.integer(6),
        rejectedRows: $0.integer(7))
    }
    for account in report.accounts { report.add(account.problems) }
  }

  /// Each Kafka partition's spans follow each other without hole or overlap, up to its next offset.
  private mutating func checkSpans(_ report: inout AuditReport) throws(PostgresError) {
    let breaks = try rows(spanBreaksSQL, deadline: Self.scanDeadline).map(SpanBreak.init)
    let journal = try rows(
      """
      SELECT cluster_id, topic, partition, old_offset, new_offset, \(Self.utc("changed_at"))
      FROM \(table("offset_changes"))
      WHERE action = 'set' ORDER BY id
      """
    ).map {
      SpanBreak.Change(
        place: .init(cluster: $0.text(0), topic: $0.text(1), partition: $0.integer(2)),
        old: $0.integer(3), new: $0.integer(4), time: $0.text(5))
    }
    report.partitions = Int(
      try rows("SELECT count(*) FROM \(table("ingest_offsets"))").first?.integer(0) ?? 0)
    report.add(breaks.compactMap { $0.problem(journal: journal) })
    let wrong = try rows(
      """
      SELECT topic, partition, from_offset, next_offset, seen, gap_offsets
      FROM \(table("ingest_spans")) WHERE next_offset - from_offset <> seen + gap_offsets
      """, deadline: Self.scanDeadline)
    report.add(
      wrong.map {
        "\($0.text(0))/\($0.text(1)): offsets \($0.text(2))..<\($0.text(3)) hold "
          + "\($0.text(4)) records and \($0.text(5)) gaps"
      })
  }

  /// Places where a span does not begin where the one before ended, with the end of each chain.
  private var spanBreaksSQL: String {
    """
    WITH chain AS (
      SELECT cluster_id, topic, partition, from_offset, next_offset, committed_at,
        lag(next_offset) OVER w AS expected, lag(committed_at) OVER w AS committed_before,
        lead(from_offset) OVER w AS following
      FROM \(table("ingest_spans"))
      WINDOW w AS (PARTITION BY cluster_id, topic, partition ORDER BY committed_at, from_offset))
    SELECT cluster_id, topic, partition, expected, from_offset, false,
      \(Self.utc("committed_before")), \(Self.utc("committed_at"))
    FROM chain
    WHERE expected IS NOT NULL AND expected <> from_offset
    UNION ALL
    SELECT c.cluster_id, c.topic, c.partition, c.next_offset, o.next_offset, true,
      \(Self.utc("c.committed_at")), NULL
    FROM chain c LEFT JOIN \(table("ingest_offsets")) o USING (cluster_id, topic, partition)
    WHERE c.following IS NULL AND c.next_offset IS DISTINCT FROM o.next_offset
    ORDER BY 1, 2, 3, 4
    """
  }

  private mutating func findRepeatedIdentities(
    _ report: inout AuditReport
  ) throws(PostgresError) {
    for (name, id) in [("audit_logs", "event_id"), ("invocations", "invocation_id")] {
      let sql = """
        SELECT tenant_id, \(id), count(*), count(*) OVER ()
        FROM \(table(name)) GROUP BY tenant_id, \(id) HAVING count(*) > 1
        ORDER BY tenant_id, \(id) LIMIT \(Self.repeatedIdentitiesMax)
        """
      let found = try rows(sql, deadline: Self.scanDeadline)
      report.repeatedIdentityCount += found.first?.integer(3) ?? 0
      report.repeatedIdentities += found.map {
        AuditReport.RepeatedIdentity(
          table: name, tenant: $0.text(0), id: $0.text(1), times: $0.integer(2))
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
  var problems: [String] {
    var problems: [String] = []
    if seen != stored + duplicates + rejected {
      problems.append(
        "\(table): \(seen) records seen, but \(stored) stored + \(duplicates) duplicates + "
          + "\(rejected) rejected")
    }
    if rows != stored {
      problems.append("\(table): \(rows) rows, but the ledger says \(stored) stored")
    }
    if rejectedRows != rejected {
      problems.append(
        "\(table): \(rejectedRows) rejected_records, but the ledger says \(rejected) rejected")
    }
    return problems
  }
}
