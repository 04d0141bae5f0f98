CREATE OR REPLACE FUNCTION daybook_close_period(p_month date, p_reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  open_from date;
  earlier date;
  ends timestamptz;
  wrong text;
BEGIN
  IF p_month IS NULL OR NOT pg_catalog.isfinite(p_month) OR extract(day FROM p_month) <> 1 THEN
    RAISE EXCEPTION '% is not the first day of a month', p_month USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM daybook_lock_books();
  open_from := daybook_first_open_month();
  IF p_month < open_from THEN
    RAISE EXCEPTION 'month % is closed already', pg_catalog.to_char(p_month, 'YYYY-MM')
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  SELECT pg_catalog.min(m) INTO earlier FROM (
    SELECT pg_catalog.min(month) FROM costs_monthly WHERE month >= open_from AND month < p_month
    UNION ALL
    SELECT pg_catalog.min(billing_month) FROM cost_adjustments WHERE billing_month >= open_from
      AND billing_month < p_month
    UNION ALL
    SELECT pg_catalog.min(month) FROM billing_periods WHERE status = 'open' AND month >= open_from
      AND month < p_month) AS earlier_months(m);
  IF earlier IS NOT NULL THEN
    RAISE EXCEPTION 'month % is still open', pg_catalog.to_char(earlier, 'YYYY-MM')
      USING ERRCODE = 'object_not_in_prerequisite_state',
      HINT = 'Months are closed in order.';
  END IF;
  SELECT pg_catalog.max((p_month + interval '1 month') AT TIME ZONE z) INTO ends
    FROM (SELECT 'UTC' UNION SELECT time_zone FROM tenants) AS zones(z);
  IF ends > pg_catalog.clock_timestamp() THEN
    RAISE EXCEPTION 'month % is not over in every tenant''s zone before %', pg_catalog.to_char(p_month, 'YYYY-MM'),
      pg_catalog.to_char(ends, 'YYYY-MM-DD"T"HH24:MI"Z"') USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  -- The last look at what is billed, cheap because it reads no records: daybook reconcile does that.
  SELECT tenant_id || ' ' || provider || ' ' || model INTO wrong FROM (
    SELECT tenant_id, project_id, provider, model, service_tier, currency, cost, records FROM costs_monthly
      WHERE month = p_month
    UNION ALL
    SELECT tenant_id, project_id, provider, model, service_tier, currency, -cost, -records FROM costs_daily
     WHERE day >= p_month AND day < p_month + interval '1 month') AS amounts
   GROUP BY tenant_id, project_id, provider, model, service_tier, currency HAVING pg_catalog.sum(cost) <> 0
     OR pg_catalog.sum(records) <> 0 LIMIT 1;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'days and month of % differ: %', pg_catalog.to_char(p_month, 'YYYY-MM'), wrong
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Run daybook reconcile.';
  END IF;

  -- Months without any cost are closed on the way, so that none of them opens again on its own.
  IF open_from > '-infinity' THEN
    PERFORM daybook_write_statement(m::date, p_reason)
       FROM pg_catalog.generate_series(open_from, p_month - interval '1 month', interval '1 month') AS m;
  END IF;
  RETURN daybook_write_statement(p_month, p_reason);
END $$;

COMMENT ON FUNCTION daybook_close_period IS 'Closes a month and writes its statement; returns the version. SQLSTATE 55000 when it cannot be closed yet';
REVOKE ALL ON FUNCTION daybook_close_period FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_close_period TO app_finance;
