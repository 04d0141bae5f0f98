// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import Postgres

extension Books {
  /// The statement in force, or one of its versions; of an open month what it would say now. Nil
  /// when there is no such version.
  package mutating func statement(
    _ month: Month, version: Int? = nil, tenant: String? = nil
  ) throws(PostgresError) -> Statement? {
    let chosen: Int?
    if let version { chosen = version } else { chosen = try versionInForce(month) }
    guard let chosen else { return try openStatement(month, tenant: tenant) }
    return try closedStatement(month, version: chosen, tenant: tenant)
  }

  /// What was known of the month at a past time: the statement that was in force then, or, of a
  /// month that was open then, the amounts of the records and adjustments of that time.
  package mutating func statement(
    _ month: Month, asOf time: Timestamp, tenant: String? = nil
  ) throws(PostgresError) -> Statement? {
    let row = try connection.query(
      """
      SELECT (SELECT action FROM \(qualified("billing_journal")) WHERE month = $1
          AND action IN ('close', 'reopen') AND at <= $2 ORDER BY id DESC LIMIT 1),
        (SELECT max(version) FROM \(qualified("statements")) WHERE month = $1 AND closed_at <= $2)
      """, ["\(month)-01", "\(time)"], deadline: Self.lookupDeadline)
    if row.text(0, 0) == "close", let version = row.int64(0, 1) {
      return try closedStatement(month, version: Int(version), tenant: tenant)
    }
    return try recomputedStatement(month, asOf: time, tenant: tenant)
  }

  private mutating func versionInForce(_ month: Month) throws(PostgresError) -> Int? {
    try connection.query(
      "SELECT version FROM \(qualified("billing_periods")) WHERE month = $1 AND status = 'closed'",
      ["\(month)-01"], deadline: Self.lookupDeadline
    ).int64(0, 0).map { Int($0) }
  }

  private mutating func closedStatement(
    _ month: Month, version: Int, tenant: String?
  ) throws(PostgresError) -> Statement? {
    let head = try connection.query(
      headSQL, ["\(month)-01", String(version)], deadline: Self.lookupDeadline)
    guard head.rowCount == 1 else { return nil }
    var statement = Statement(month: month, basis: .closed)
    statement.version = version
    statement.closedAt = head.text(0, 0)
    statement.closedBy = head.text(0, 1)
    statement.reason = head.text(0, 2)
    statement.dataAsOf = head.text(0, 3)
    statement.sha256 = head.text(0, 4)
    statement.previousSHA256 = head.text(0, 5)
    if head.bool(0, 6) != true {
      statement.problems.append("its lines are not those that were hashed when it was closed")
    }
    if head.bool(0, 7) != true {
      statement.problems.append("it does not follow the statement that was closed before it")
    }
    statement.lines = try lines(
      """
      SELECT tenant_id, currency, tenant_name, payer, time_zone, charges, corrections, total,
        minor_units, total_rounded, records, unpriced_records, input_tokens, output_tokens
      FROM \(qualified("statement_lines")) WHERE month = $1 AND version = $2
        AND ($3::text IS NULL OR tenant_id = $3) ORDER BY tenant_id, currency
      """, ["\(month)-01", String(version), tenant])
    return statement
  }

  private var headSQL: String {
    """
    SELECT \(Self.time("closed_at")), closed_by, reason, \(Self.time("data_as_of")),
      encode(sha256, 'hex'), encode(previous_sha256, 'hex'),
      sha256 = \(qualified("daybook_statement_sha256"))(s)
        AND line_count = (SELECT count(*) FROM \(qualified("statement_lines")) l
                           WHERE l.month = s.month AND l.version = s.version),
      previous_sha256 IS NOT DISTINCT FROM (SELECT p.sha256 FROM \(qualified("statements")) p
        WHERE (p.closed_at, p.month, p.version) < (s.closed_at, s.month, s.version)
        ORDER BY p.closed_at DESC, p.month DESC, p.version DESC LIMIT 1)
    FROM \(qualified("statements")) s WHERE month = $1 AND version = $2
    """
  }

  private mutating func openStatement(
    _ month: Month, tenant: String?
  ) throws(PostgresError) -> Statement {
    var statement = Statement(month: month, basis: .open)
    statement.dataAsOf = try connection.execute(
      """
      SELECT \(Self.time("max(updated_at)")) FROM \(qualified("ingest_offsets"))
      WHERE cluster_id <> 'daybook'
      """
    ).text(0, 0)
    statement.lines = try lines(
      linesSQL(
        amounts: """
          SELECT tenant_id, currency, time_zone AS zone, cost AS charges, 0 AS corrections, records,
            unpriced_records, input_tokens, output_tokens
          FROM \(qualified("costs_monthly")) WHERE month = $1
          UNION ALL SELECT tenant_id, currency, NULL, 0, cost, records, unpriced_records,
            input_tokens, output_tokens
          FROM \(qualified("cost_adjustments")) WHERE billing_month = $1 AND charge_month <> billing_month
          """, withNames: true), ["\(month)-01", tenant])
    return statement
  }

  /// Lines of amounts by tenant, currency, zone; $2 is the one tenant or null.
  func linesSQL(amounts: String, withNames: Bool) -> String {
    let names = withNames ? "max(t.display_name), max(t.payer)" : "NULL, NULL"
    let zone =
      withNames ? "coalesce(max(zone), max(t.time_zone), 'UTC')" : "coalesce(max(zone), 'UTC')"
    return """
      SELECT tenant_id, amounts.currency, \(names), \(zone), sum(charges)::numeric(38, 12),
        sum(corrections)::numeric(38, 12), sum(charges + corrections)::numeric(38, 12),
        max(digits), round(sum(charges + corrections), max(digits)), sum(records),
        sum(unpriced_records), sum(input_tokens), sum(output_tokens)
      FROM (\(amounts)) AS amounts
      LEFT JOIN \(qualified("tenants")) t USING (tenant_id)
      LEFT JOIN \(qualified("currencies")) c ON c.code = amounts.currency,
      LATERAL (SELECT CASE amounts.currency WHEN 'XXX' THEN 0
        ELSE coalesce(c.minor_units, 12) END AS digits) AS rounding
      WHERE $2::text IS NULL OR tenant_id = $2
      GROUP BY tenant_id, amounts.currency
      HAVING (sum(charges), sum(corrections), sum(records), sum(unpriced_records),
        sum(input_tokens), sum(output_tokens)) <> (0, 0, 0, 0, 0, 0)
      ORDER BY tenant_id, amounts.currency
      """
  }

  mutating func lines(
    _ sql: String, _ parameters: [String?], deadline: Duration = Self.lookupDeadline
  ) throws(PostgresError) -> [Statement.Line] {
    let answer = try connection.query(sql, parameters, deadline: deadline)
    return (0..<answer.rowCount).map { row in
      Statement.Line(
        tenant: answer.text(row, 0) ?? "", currency: answer.text(row, 1) ?? "",
        tenantName: answer.text(row, 2), payer: answer.text(row, 3),
        timeZone: answer.text(row, 4) ?? "", charges: answer.text(row, 5) ?? "",
        corrections: answer.text(row, 6) ?? "", total: answer.text(row, 7) ?? "",
        minorUnits: answer.int64(row, 8) ?? 0, totalRounded: answer.text(row, 9) ?? "",
        records: answer.int64(row, 10) ?? 0, unpricedRecords: answer.int64(row, 11) ?? 0,
        inputTokens: answer.int64(row, 12) ?? 0, outputTokens: answer.int64(row, 13) ?? 0)
    }
  }
}
