-- What a reconciliation found says where to look; the differences themselves are taken again, in one statement for the
-- days and one for the months, and added: what ingest adds meanwhile, to records and rollups alike, stays. Days of
-- which records have left with retired partitions are passed over.
CREATE OR REPLACE FUNCTION daybook_repair_rollups(p_reconciliation bigint, p_reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
#variable_conflict use_column
DECLARE
  run reconciliations;
  open_from date;
  added jsonb;
  repaired bigint;
BEGIN
  PERFORM daybook_require_read_committed();
  LOCK TABLE reconciliation_drift IN SHARE ROW EXCLUSIVE MODE;
  PERFORM daybook_share_books();
  open_from := daybook_first_open_month();
  SELECT * INTO run FROM reconciliations WHERE reconciliation_id = p_reconciliation;
  IF run.reconciliation_id IS NULL OR run.finished_at IS NULL THEN
    RAISE EXCEPTION 'reconciliation % was not finished', p_reconciliation
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;

  DROP TABLE IF EXISTS pg_temp.daybook_differences;
  CREATE TEMP TABLE daybook_differences ON COMMIT DROP AS
  SELECT f.* FROM (
    SELECT DISTINCT tenant_id, period_start AS day FROM reconciliation_drift d
     WHERE reconciliation_id = p_reconciliation AND granularity = 'day' AND period_start >= open_from
       AND NOT daybook_has_left(period_start, period_start + 1)) AS days,
    LATERAL daybook_day_differences(days.tenant_id, days.day) AS f;
  PERFORM daybook_add_costs('costs_daily', 'SELECT * FROM pg_temp.daybook_differences');
  SELECT coalesce(pg_catalog.jsonb_object_agg(currency, cost::text), '{}') INTO added
    FROM (SELECT currency, pg_catalog.sum(cost) AS cost FROM pg_temp.daybook_differences GROUP BY 1) AS sums;
  PERFORM daybook_add_costs('costs_monthly', pg_catalog.format($sql$
    SELECT f.* FROM (
      SELECT DISTINCT tenant_id, pg_catalog.date_trunc('month', period_start::timestamp)::date AS month
        FROM reconciliation_drift
       WHERE reconciliation_id = %L AND period_start >= %L) AS months,
      LATERAL daybook_month_differences(months.tenant_id, months.month) AS f $sql$, p_reconciliation, open_from));

  -- What nothing stands for any more goes, so that a repaired rollup is the rollup of its records. Not what somebody
  -- holds: it is about to count again, and ingest, which has it and wants a month that is locked above, would wait in a
  -- circle with whoever waits for it here.
  DELETE FROM costs_daily WHERE ctid IN (
    SELECT c.ctid FROM costs_daily c
     WHERE (c.tenant_id, c.day) IN (
         SELECT tenant_id, period_start FROM reconciliation_drift
          WHERE reconciliation_id = p_reconciliation AND granularity = 'day' AND period_start >= open_from)
       AND (c.cost, c.records, c.failed_records, c.unpriced_records, c.input_tokens, c.output_tokens,
         c.cache_read_input_tokens, c.cache_creation_input_tokens, c.reasoning_output_tokens, c.estimated_records,
         c.estimated_cost) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
       FOR UPDATE SKIP LOCKED);
  DELETE FROM costs_monthly WHERE ctid IN (
    SELECT c.ctid FROM costs_monthly c
     WHERE (c.tenant_id, c.month) IN (
         SELECT tenant_id, pg_catalog.date_trunc('month', period_start::timestamp)::date FROM reconciliation_drift
          WHERE reconciliation_id = p_reconciliation AND period_start >= open_from)
       AND (c.cost, c.records, c.failed_records, c.unpriced_records, c.input_tokens, c.output_tokens,
         c.cache_read_input_tokens, c.cache_creation_input_tokens, c.reasoning_output_tokens, c.estimated_records,
         c.estimated_cost) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
       FOR UPDATE SKIP LOCKED);
  UPDATE reconciliation_drift SET repaired_at = pg_catalog.clock_timestamp()
   WHERE reconciliation_id = p_reconciliation AND repaired_at IS NULL AND period_start >= open_from
     AND (granularity = 'month' OR NOT daybook_has_left(period_start, period_start + 1));
  GET DIAGNOSTICS repaired = ROW_COUNT;
  IF repaired > 0 THEN
    INSERT INTO billing_journal (action, month, tenant_id, reason, detail)
    VALUES ('repair', run.month, run.tenant_id, p_reason,
            pg_catalog.jsonb_build_object('reconciliation_id', p_reconciliation, 'rows', repaired, 'costs', added));
  END IF;
  RETURN repaired;
END $$;

COMMENT ON FUNCTION daybook_repair_rollups IS 'Makes the open days and months that a finished reconciliation names right again, and journals it; returns how many of its differences that settles';
REVOKE ALL ON FUNCTION daybook_repair_rollups FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_repair_rollups TO app_finance;
