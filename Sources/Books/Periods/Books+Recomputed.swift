// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Ledger
import Postgres

extension Books {
  /// The amounts of a month from the records with ingested_at, and the adjustments with created_at,
  /// up to a time; days in the zones that were set then.
  ///
  /// Both times are read before the commit. So the answer is final, and the same for ever, once
  /// every batch and repricing that was under way at that time has ended; until then, some seconds,
  /// a record of that time may still come.
  mutating func recomputedStatement(
    _ month: Month, asOf time: Timestamp, tenant: String?
  ) throws(PostgresError) -> Statement {
    var statement = Statement(month: month, basis: .recomputed)
    statement.dataAsOf = "\(time)"
    statement.lines = try transaction(Begin.snapshot) {
      (books: inout Books) throws(PostgresError) in
      let retired = try RetiredDays.read(&books.connection, schema: books.schema)
      guard !retired.mayTouch(month) else {
        throw PostgresError(
          .notInPrerequisiteState, "records of \(month) have left with retired partitions",
          phase: .answered,
          remedy: "ask for a time at which the month was closed, or without --as-of")
      }
      return try books.lines(
        books.linesSQL(amounts: books.amountsSQL(month, time), withNames: false),
        ["\(month)-01", tenant], deadline: books.scanDeadline)
    }
    return statement
  }

  /// Both sides of a line's or record's day, in the zones of the time.
  private func amountsSQL(_ month: Month, _ time: Timestamp) -> String {
    let day = """
      coalesce(greatest((r.occurred_at AT TIME ZONE z.time_zone)::date, z.first_month),
        (r.occurred_at AT TIME ZONE 'UTC')::date)
      """
    let join = """
      LEFT JOIN zones z ON z.tenant_id = r.tenant_id AND r.occurred_at >= z.starts_at
        AND r.occurred_at < z.ends_at
      """
    let known = """
      r.occurred_at >= '\(month.advanced(by: -1).start)' AND r.occurred_at < '\(month.next.next.start)'
        AND date_trunc('month', \(day)::timestamp) = $1::date::timestamp
      """
    return """
      WITH \(zonesSQL(time))
      SELECT r.tenant_id, CASE WHEN cost IS NULL THEN 'XXX' ELSE currency END::char(3) AS currency,
        coalesce(z.time_zone, 'UTC') AS zone, coalesce(cost, 0) AS charges, 0 AS corrections,
        1 AS records, (cost IS NULL)::integer AS unpriced_records,
        coalesce(input_tokens, 0) AS input_tokens, coalesce(output_tokens, 0) AS output_tokens
      FROM \(qualified("invocations")) r \(join) WHERE ingested_at <= '\(time)' AND \(known)
      UNION ALL SELECT r.tenant_id, currency, coalesce(z.time_zone, 'UTC'), cost, 0, records,
        unpriced_records, input_tokens, output_tokens
      FROM \(qualified("cost_adjustments")) r \(join)
      WHERE kind = 'reprice' AND billing_month = charge_month AND created_at <= '\(time)' AND \(known)
      UNION ALL SELECT tenant_id, currency, NULL, -cost, 0, -records, -unpriced_records,
        -input_tokens, -output_tokens
      FROM \(qualified("cost_adjustments"))
      WHERE kind = 'late' AND charge_month = $1 AND created_at <= '\(time)'
      UNION ALL SELECT tenant_id, currency, NULL, 0, cost, records, unpriced_records, input_tokens,
        output_tokens
      FROM \(qualified("cost_adjustments"))
      WHERE billing_month = $1 AND charge_month <> billing_month AND created_at <= '\(time)'
      """
  }

  /// tenant_time_zones as it was at a time, from the journal: a later zone takes away those that
  /// begin with its first month or behind it.
  private func zonesSQL(_ time: Timestamp) -> String {
    """
    changes AS (
      SELECT id, tenant_id, detail->>'after' AS time_zone,
        (detail->>'first_month')::date AS first_month
      FROM \(qualified("billing_journal")) WHERE action = 'time_zone' AND at <= '\(time)'
    ), kept AS (
      SELECT c.tenant_id, c.time_zone, c.first_month, CASE
        WHEN c.first_month = '-infinity' THEN '-infinity'::timestamptz
        ELSE c.first_month::timestamp AT TIME ZONE coalesce(
          lag(c.time_zone) OVER (PARTITION BY c.tenant_id ORDER BY c.first_month), 'UTC') END
        AS starts_at
      FROM changes c WHERE NOT EXISTS (SELECT FROM changes l WHERE l.tenant_id = c.tenant_id
        AND l.id > c.id AND l.first_month <= c.first_month)
    ), zones AS (
      SELECT *, lead(starts_at, 1, 'infinity') OVER (PARTITION BY tenant_id ORDER BY first_month)
        AS ends_at FROM kept)
    """
  }
}
