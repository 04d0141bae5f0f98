// SPDX-License-Identifier: Apache-2.0
import Postgres

extension LedgerReader {
  /// Statements are what they were: hash and chain; and what they say of a month in force is what
  /// the closed rollups and corrections say, to the last digit.
  mutating func checkStatements(_ report: inout AuditReport) throws(PostgresError) {
    report.statements =
      try rows("SELECT count(*) FROM \(qualified("statements"))").first?.integer(0) ?? 0
    let broken = try rows(brokenStatementsSQL, deadline: scanDeadline)
    report.add(
      broken.map { "statement \($0.text(0)) version \($0.text(1)): \($0.text(2))" })
    let different = try rows(statementDifferencesSQL, deadline: scanDeadline)
    report.add(
      different.map { row in
        "statement \(row.text(0)): tenant \(row.text(1)) \(row.text(2)): it says \(row.text(3)) + "
          + "\(row.text(4)) in corrections, costs_monthly and the corrections say \(row.text(5)) + "
          + row.text(6)
      })
    let missing = try rows(
      """
      SELECT to_char(b.month, 'YYYY-MM') FROM \(qualified("billing_periods")) b LEFT JOIN (
        SELECT month, max(version) AS version, count(*) AS versions
        FROM \(qualified("statements")) GROUP BY month) AS s USING (month)
      WHERE (b.version, b.version) IS DISTINCT FROM (s.version, s.versions::integer) ORDER BY 1
      """)
    report.add(
      missing.map { "month \($0.text(0)): its statements are not versions 1, 2 and so on" })
    let unexplained = try rows(unexplainedPeriodsSQL)
    report.add(
      unexplained.map { row in
        "month \(row.text(0)): \(row.text(1)), but billing_journal says \(row.text(2))"
      })
  }

  private var brokenStatementsSQL: String {
    """
    SELECT to_char(month, 'YYYY-MM'), version, CASE
      WHEN sha256 IS DISTINCT FROM computed THEN 'its lines are not those that were hashed when the month was closed'
      WHEN line_count <> lines THEN 'it has ' || lines || ' lines, and had ' || line_count
      WHEN previous_sha256 IS DISTINCT FROM before THEN 'it does not follow the statement before it'
      END AS problem
    FROM (SELECT s.*, \(qualified("daybook_statement_sha256"))(s) AS computed,
            lag(sha256) OVER (ORDER BY closed_at, month, version) AS before,
            (SELECT count(*) FROM \(qualified("statement_lines")) l
              WHERE l.month = s.month AND l.version = s.version) AS lines
          FROM \(qualified("statements")) s) AS chained
    WHERE sha256 IS DISTINCT FROM computed OR line_count <> lines OR previous_sha256 IS DISTINCT FROM before
    ORDER BY 1, 2
    """
  }

  /// A month is what its last entries in the journal say, and so is the hash of its last statement.
  private var unexplainedPeriodsSQL: String {
    """
    WITH journal AS (
      SELECT month, id, action, detail FROM \(qualified("billing_journal"))
      WHERE action IN ('close', 'reopen')
    ), said AS (
      SELECT DISTINCT ON (month) month, CASE action WHEN 'close' THEN 'closed' ELSE 'open' END
        || coalesce((SELECT ', version ' || (c.detail->>'version') || ', ' || (c.detail->>'sha256')
          FROM journal c WHERE c.month = j.month AND c.action = 'close' ORDER BY id DESC LIMIT 1), '') AS state
      FROM journal j ORDER BY month, id DESC
    ), found AS (
      SELECT month, status || ', version ' || version
        || coalesce(', ' || encode(s.sha256, 'hex'), '') AS state
      FROM \(qualified("billing_periods")) LEFT JOIN \(qualified("statements")) s USING (month, version)
    )
    SELECT to_char(month, 'YYYY-MM'), coalesce(f.state, 'nothing'), coalesce(s.state, 'nothing')
    FROM found f FULL JOIN said s USING (month) WHERE f.state IS DISTINCT FROM s.state ORDER BY 1
    """
  }

  private var statementDifferencesSQL: String {
    """
    WITH closed AS (SELECT month, version FROM \(qualified("billing_periods")) WHERE status = 'closed')
    SELECT to_char(month, 'YYYY-MM'), tenant_id, currency, trim_scale(sum(stated)),
      trim_scale(sum(stated_corrections)), trim_scale(sum(kept)), trim_scale(sum(corrections))
    FROM (
      SELECT month, tenant_id, currency, charges AS stated, l.corrections AS stated_corrections,
        0 AS kept, 0 AS corrections, l.records AS stated_records, 0 AS records
      FROM \(qualified("statement_lines")) l JOIN closed USING (month, version)
      UNION ALL SELECT month, tenant_id, currency, 0, 0, cost, 0, 0, records
      FROM \(qualified("costs_monthly")) JOIN closed USING (month)
      UNION ALL SELECT billing_month, tenant_id, currency, 0, 0, 0, cost, 0, records
      FROM \(qualified("cost_adjustments")) JOIN closed ON month = billing_month
      WHERE charge_month <> billing_month) AS amounts
    GROUP BY month, tenant_id, currency
    HAVING (sum(stated), sum(stated_corrections), sum(stated_records))
      <> (sum(kept), sum(corrections), sum(records))
    ORDER BY 1, 2, 3
    """
  }
}
