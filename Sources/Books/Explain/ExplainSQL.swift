// SPDX-License-Identifier: Apache-2.0
import Postgres

/// The questions of an explanation. Parameters: $1 tenant, $2 first day of the month, $3 model or
/// null, $4 day or null.
struct ExplainSQL: InSchema {
  let schema: String

  private static let monthEnd = "($2::date + interval '1 month')::date"
  private static let model = "($3::text IS NULL OR model = $3)"
  private static let day = "($4::date IS NULL OR day = $4)"

  private static func utc(_ time: String) -> String {
    "to_char(\(time) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
  }

  /// The first rows of an answer, each with the number of all of them behind it.
  static func first(_ limit: Int, of question: String) -> String {
    "SELECT q.*, count(*) OVER () FROM (\(question)) AS q LIMIT \(limit)"
  }

  /// The whole month of the tenant, by currency: rollups and corrections.
  private var books: String {
    """
    SELECT currency, sum(charges) AS charges, sum(corrections) AS corrections,
      sum(records)::bigint AS records, sum(unpriced_records)::bigint AS unpriced_records
    FROM (SELECT currency, cost AS charges, 0 AS corrections, records, unpriced_records
        FROM \(qualified("costs_monthly")) WHERE tenant_id = $1 AND month = $2
      UNION ALL
      SELECT currency, 0, cost, records, unpriced_records FROM \(qualified("cost_adjustments"))
        WHERE tenant_id = $1 AND billing_month = $2 AND charge_month <> billing_month) AS amounts
    GROUP BY currency
    """
  }

  private var days: String {
    """
    SELECT * FROM \(qualified("costs_daily")) WHERE tenant_id = $1 AND day >= $2::date
      AND day < \(Self.monthEnd) AND \(Self.model) AND \(Self.day)
    """
  }

  /// Records of the billing days, whatever their zone: it lies within a day of UTC's.
  private func rows(_ columns: String, from table: String) -> String {
    """
    SELECT \(columns) FROM (
      SELECT r.*, coalesce(response_model, request_model) AS model,
        \(qualified("daybook_billing_day"))(tenant_id, occurred_at) AS day
      FROM (SELECT tenant_id, occurred_at, invocation_id, provider, request_model, response_model,
          service_tier, input_tokens, output_tokens, cost, currency, cost_source, price_version,
          ingested_at, source_topic, source_partition, source_offset, source_item
        FROM \(qualified(table))
        WHERE tenant_id = $1 AND occurred_at >= ($2::date - 1)::timestamp AT TIME ZONE 'UTC'
          AND occurred_at < (\(Self.monthEnd) + 1)::timestamp AT TIME ZONE 'UTC') AS r) AS d
    WHERE day >= $2::date AND day < \(Self.monthEnd) AND \(Self.model) AND \(Self.day)
    """
  }

  var period: String {
    """
    SELECT coalesce(p.status, 'open'), s.version, s.line_count, \(Self.utc("s.closed_at")),
      s.closed_by, s.reason, encode(s.sha256, 'hex'),
      s.sha256 = \(qualified("daybook_statement_sha256"))(s)
    FROM (SELECT) AS one LEFT JOIN \(qualified("billing_periods")) p ON p.month = $2::date
    LEFT JOIN \(qualified("statements")) AS s
      ON s.month = p.month AND s.version = p.version AND p.status = 'closed'
    WHERE $1::text IS NOT NULL AND $3::text IS NOT DISTINCT FROM $3
      AND $4::date IS NOT DISTINCT FROM $4
    """
  }

  /// What the statement in force says; for an open month what would be billed now.
  func billed(isClosed: Bool) -> String {
    isClosed
      ? """
      SELECT nullif(currency, 'XXX'), trim_scale(charges), trim_scale(corrections),
        trim_scale(total), total_rounded, records, unpriced_records, time_zone
      FROM \(qualified("statement_lines")) JOIN \(qualified("billing_periods")) USING (month, version)
      WHERE tenant_id = $1 AND month = $2::date \(Self.unused) ORDER BY currency
      """
      : """
      SELECT nullif(b.currency, 'XXX'), trim_scale(charges), trim_scale(corrections),
        trim_scale(charges + corrections),
        round(charges + corrections, coalesce(c.minor_units, 12)), records, unpriced_records,
        \(qualified("daybook_billing_zone"))($1, ($2::date + 15)::timestamp AT TIME ZONE 'UTC')
      FROM (\(books)) AS b LEFT JOIN \(qualified("currencies")) c ON c.code = b.currency
      WHERE true \(Self.unused) ORDER BY b.currency
      """
  }

  /// A statement that does not need a parameter has to name it all the same.
  private static let unused =
    "AND coalesce($3::text, '') IS NOT NULL AND ($4::date IS NULL OR true)"

  var rollups: String {
    """
    SELECT provider, model, nullif(project_id, ''), service_tier, nullif(currency, 'XXX'),
      CASE WHEN currency <> 'XXX' THEN trim_scale(sum(cost)) END, sum(records),
      sum(failed_records), sum(input_tokens), sum(output_tokens)
    FROM (\(days)) AS d GROUP BY provider, model, project_id, service_tier, currency
    ORDER BY sum(cost) DESC, provider, model, project_id, service_tier, currency
    """
  }

  /// Records by price: a producer's own price version is no row of model_prices.
  var sources: String {
    let rates = [
      "input", "output", "cache_read_input", "cache_creation_input", "cache_creation_1h_input",
      "reasoning_output", "audio_input", "audio_output", "cache_read_audio_input",
      "cache_creation_audio_input",
    ].map { "'\($0) ' || trim_scale(p.\($0)_price)" }.joined(separator: ", ")
    return """
      SELECT cost_source, price_version, g.currency, trim_scale(g.cost), records,
        concat_ws(' ', p.provider, p.model, p.service_tier, 'in ' || nullif(p.region, ''),
          'over ' || nullif(p.min_input_tokens, 0) || ' tokens'),
        nullif(concat_ws(', ', \(rates)), ''), \(Self.utc("p.effective_from")),
        \(Self.utc("p.effective_to")), v.source, v.changed_by, \(Self.utc("v.changed_at"))
      FROM (\(rows(
        "cost_source, price_version, currency, sum(cost) AS cost, count(*) AS records",
        from: "invocations"))
        GROUP BY cost_source, price_version, currency) AS g
      LEFT JOIN \(qualified("model_prices")) p
        ON g.cost_source = 'computed' AND p.price_id::text = g.price_version
      LEFT JOIN \(qualified("price_versions")) v ON v.version = p.version
      ORDER BY g.cost DESC NULLS LAST, cost_source, price_version
      """
  }

  var adjustments: String {
    """
    SELECT kind, run_id, reason, created_by, \(Self.utc("min(created_at)")),
      to_char(charge_month, 'YYYY-MM'), to_char(billing_month, 'YYYY-MM'),
      nullif(currency, 'XXX'), trim_scale(sum(cost)), sum(records), count(*),
      from_price_version, to_price_version
    FROM \(qualified("cost_adjustments"))
    WHERE tenant_id = $1 AND (charge_month = $2::date OR billing_month = $2::date)
      AND \(Self.model) AND ($4::date IS NULL OR charge_day = $4)
    GROUP BY kind, run_id, reason, created_by, charge_month, billing_month, currency,
      from_price_version, to_price_version
    ORDER BY min(adjustment_id)
    """
  }

  /// The batch is the one whose span has the record's offset; a record does not say of which
  /// cluster, so that among several spans it is the one that was committed soonest after the record
  /// came.
  func calls(limit: Int) -> String {
    let found = rows("*", from: "invocation_costs")
    return """
      WITH calls AS MATERIALIZED (\(found)
        ORDER BY cost DESC NULLS LAST, occurred_at, invocation_id LIMIT \(limit))
      SELECT c.invocation_id, \(Self.utc("c.occurred_at")), c.provider, c.model, c.currency,
        trim_scale(c.cost), c.input_tokens, c.output_tokens, c.cost_source, c.price_version,
        b.cluster_id, c.source_topic, c.source_partition, c.source_offset, c.source_item, b.batch_id
      FROM calls c LEFT JOIN LATERAL (
        SELECT s.cluster_id, s.batch_id FROM \(qualified("ingest_spans")) s
        WHERE s.topic = c.source_topic AND s.partition = c.source_partition
          AND s.from_offset <= c.source_offset AND s.next_offset > c.source_offset
          AND s.committed_at >= c.ingested_at - interval '1 hour'
          AND s.committed_at < c.ingested_at + interval '1 day'
        ORDER BY s.committed_at < c.ingested_at, abs(extract(epoch FROM s.committed_at - c.ingested_at))
        LIMIT 1) AS b ON true
      ORDER BY c.cost DESC NULLS LAST, c.occurred_at, c.invocation_id
      """
  }

  var positions: String {
    let found = rows(
      "source_topic, source_partition, min(source_offset), max(source_offset), count(*),"
        + " \(Self.utc("min(ingested_at)")), \(Self.utc("max(ingested_at)"))",
      from: "invocations")
    return found + " GROUP BY source_topic, source_partition ORDER BY 1, 2"
  }

  /// Where the late records of the month came from.
  var lateBatches: String {
    """
    SELECT DISTINCT s.batch_id, \(Self.utc("s.committed_at")), s.cluster_id, s.topic, s.partition,
      s.from_offset, s.next_offset
    FROM \(qualified("cost_adjustments")) a JOIN \(qualified("ingest_spans")) s
      ON s.batch_id = a.batch_id AND s.table_name = 'invocations'
    WHERE a.kind = 'late' AND a.tenant_id = $1
      AND (a.charge_month = $2::date OR a.billing_month = $2::date)
      AND \(Self.model) AND ($4::date IS NULL OR a.charge_day = $4)
    ORDER BY 2, 3, 4, 5
    """
  }

  var retired: String {
    """
    SELECT string_agg(partition_name, ', ' ORDER BY lower_bound)
    FROM \(qualified("partition_retirements")),
      (SELECT CASE WHEN EXISTS (SELECT FROM \(qualified("tenant_time_zones")) WHERE tenant_id = $1)
        THEN 2 ELSE 0 END AS days) AS z WHERE table_name = 'invocations'
      AND lower_bound < (\(Self.monthEnd) + z.days)::timestamp AT TIME ZONE 'UTC'
      AND upper_bound > ($2::date - z.days)::timestamp AT TIME ZONE 'UTC'
      \(Self.unused)
    """
  }

  // Checks: currency, the number above, the sum of the parts, and the same of records.

  /// The statement is what rollups and corrections make.
  var statementCheck: String {
    """
    SELECT currency, coalesce(s.total, 0)::numeric(38,12),
      coalesce(b.charges + b.corrections, 0)::numeric(38,12), coalesce(s.records, 0), coalesce(b.records, 0)
    FROM (SELECT * FROM \(qualified("statement_lines")) JOIN \(qualified("billing_periods"))
        USING (month, version) WHERE tenant_id = $1 AND month = $2::date) AS s
    FULL JOIN (\(books)) AS b USING (currency)
    WHERE true \(Self.unused) ORDER BY currency
    """
  }

  /// Days make the month.
  var daysCheck: String {
    """
    SELECT currency, coalesce(m.cost, 0)::numeric(38,12), coalesce(d.cost, 0)::numeric(38,12),
      coalesce(m.records, 0), coalesce(d.records, 0)
    FROM (SELECT currency, sum(cost) AS cost, sum(records)::bigint AS records
        FROM \(qualified("costs_monthly"))
        WHERE tenant_id = $1 AND month = $2::date AND \(Self.model) GROUP BY 1) AS m
    FULL JOIN (SELECT currency, sum(cost) AS cost, sum(records)::bigint AS records
        FROM \(qualified("costs_daily")) WHERE tenant_id = $1 AND day >= $2::date
          AND day < \(Self.monthEnd) AND \(Self.model) GROUP BY 1) AS d USING (currency)
    WHERE $4::date IS NULL OR true ORDER BY currency
    """
  }

  /// Records, with what was repriced in an open month and without what came late, make the days.
  var rowsCheck: String {
    let records = rows(
      "CASE WHEN cost IS NULL THEN 'XXX' ELSE currency END AS currency,"
        + " coalesce(cost, 0) AS cost, 1 AS records", from: "invocations")
    return """
      SELECT currency, coalesce(d.cost, 0)::numeric(38,12), coalesce(r.cost, 0)::numeric(38,12),
        coalesce(d.records, 0), coalesce(r.records, 0)
      FROM (SELECT currency, sum(cost) AS cost, sum(records)::bigint AS records
          FROM (\(days)) AS days GROUP BY 1) AS d
      FULL JOIN (SELECT currency, sum(cost) AS cost, sum(records)::bigint AS records
          FROM (\(records)
            UNION ALL
            SELECT currency, cost, records FROM (SELECT *,
                  \(qualified("daybook_billing_day"))(tenant_id, occurred_at) AS day
                FROM \(qualified("cost_adjustments")) WHERE tenant_id = $1 AND kind = 'reprice'
                  AND billing_month = charge_month) AS l
              WHERE day >= $2::date AND day < \(Self.monthEnd) AND \(Self.model) AND \(Self.day)
            UNION ALL
            SELECT currency, -cost, -records FROM (SELECT *, charge_day AS day
                FROM \(qualified("cost_adjustments")) WHERE tenant_id = $1 AND kind = 'late') AS l
              WHERE day >= $2::date AND day < \(Self.monthEnd) AND \(Self.model) AND \(Self.day)
            ) AS amounts GROUP BY 1) AS r
        USING (currency) ORDER BY currency
      """
  }
}
