-- The caller holds the books alone, and has found that the month may be closed.
CREATE OR REPLACE FUNCTION daybook_write_statement(p_month date, p_reason text) RETURNS integer
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
#variable_conflict use_column
DECLARE
  statement statements;
  facts jsonb;
BEGIN
  statement.month := p_month;
  statement.closed_by := session_user;
  statement.reason := p_reason;
  -- Taken under the lock, so that statements are in the order of their times, whatever the clock does.
  statement.closed_at := greatest(pg_catalog.clock_timestamp(),
    (SELECT pg_catalog.max(closed_at) FROM statements) + interval '1 microsecond');
  statement.data_as_of := (SELECT pg_catalog.max(updated_at) FROM ingest_offsets WHERE cluster_id <> 'daybook');
  statement.previous_sha256 := (SELECT sha256 FROM statements ORDER BY closed_at DESC LIMIT 1);
  statement.version := coalesce((SELECT b.version FROM billing_periods b WHERE b.month = p_month), 0) + 1;
  INSERT INTO statement_lines (month, version, tenant_id, currency, tenant_name, payer, time_zone, charges, corrections,
    total, minor_units, total_rounded, records, unpriced_records, input_tokens, output_tokens)
  SELECT p_month, statement.version, tenant_id, amounts.currency, pg_catalog.max(t.display_name),
    pg_catalog.max(t.payer),
    coalesce(pg_catalog.max(zone), pg_catalog.max(t.time_zone), 'UTC'), pg_catalog.sum(charges),
      pg_catalog.sum(corrections), pg_catalog.sum(charges) + pg_catalog.sum(corrections),
    pg_catalog.max(digits), pg_catalog.round(pg_catalog.sum(charges) + pg_catalog.sum(corrections),
      pg_catalog.max(digits)),
    pg_catalog.sum(records), pg_catalog.sum(unpriced_records), pg_catalog.sum(input_tokens),
      pg_catalog.sum(output_tokens)
  FROM (
    SELECT tenant_id, currency, time_zone AS zone, cost AS charges, 0 AS corrections, records, unpriced_records,
      input_tokens, output_tokens
    FROM costs_monthly WHERE month = p_month
    UNION ALL
    SELECT tenant_id, currency, NULL, 0, cost, records, unpriced_records, input_tokens, output_tokens
    FROM cost_adjustments WHERE billing_month = p_month AND charge_month <> billing_month) AS amounts
  LEFT JOIN tenants t USING (tenant_id)
  LEFT JOIN currencies c ON c.code = amounts.currency,
  LATERAL (SELECT CASE amounts.currency WHEN 'XXX' THEN 0 ELSE coalesce(c.minor_units, 12) END AS digits) AS rounding
  GROUP BY tenant_id, amounts.currency
  -- Where all records were priced meanwhile, nothing is left of those without a cost.
  HAVING (pg_catalog.sum(charges), pg_catalog.sum(corrections), pg_catalog.sum(records),
    pg_catalog.sum(unpriced_records), pg_catalog.sum(input_tokens), pg_catalog.sum(output_tokens))
         <> (0, 0, 0, 0, 0, 0);
  GET DIAGNOSTICS statement.line_count = ROW_COUNT;
  statement.sha256 := daybook_statement_sha256(statement);
  facts := pg_catalog.jsonb_build_object('version', statement.version, 'lines', statement.line_count,
                              'sha256', pg_catalog.encode(statement.sha256, 'hex'));
  -- The journal first: the state of a month is what its last entry says.
  INSERT INTO billing_journal (at, action, month, reason, detail)
  VALUES (statement.closed_at, 'close', p_month, coalesce(p_reason, 'the month is over'), facts);
  INSERT INTO billing_periods AS b (month, status, version, changed_at, reason)
  VALUES (p_month, 'closed', statement.version, statement.closed_at, p_reason)
  ON CONFLICT (month) DO UPDATE SET status = 'closed', version = statement.version, changed_at = excluded.changed_at,
    changed_by = session_user, reason = p_reason;
  INSERT INTO statements SELECT statement.*;
  PERFORM daybook_record_event('daybook', 'billing_period.closed', 'billing_period',
    pg_catalog.to_char(p_month, 'YYYY-MM'),
    coalesce(p_reason, 'the month is over'), facts);
  RETURN statement.version;
END $$;

COMMENT ON FUNCTION daybook_write_statement IS 'Marks a month as closed, writes its statement and journals it; returns the version';
REVOKE ALL ON FUNCTION daybook_write_statement FROM PUBLIC;
