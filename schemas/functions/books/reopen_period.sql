CREATE OR REPLACE FUNCTION daybook_reopen_period(p_month date, p_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  last_closed date;
BEGIN
  -- Null is also what the last closed month is when none is.
  IF p_month IS NULL THEN
    RAISE EXCEPTION 'a month is missing' USING ERRCODE = 'null_value_not_allowed';
  END IF;
  PERFORM daybook_lock_books();
  SELECT pg_catalog.max(month) INTO last_closed FROM billing_periods WHERE status = 'closed';
  IF p_month IS DISTINCT FROM last_closed THEN
    RAISE EXCEPTION 'month % is not the last closed one', pg_catalog.to_char(p_month, 'YYYY-MM')
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = coalesce('Months are reopened in reverse order; the last closed one is '
              || pg_catalog.to_char(last_closed, 'YYYY-MM') || '.',
                            'No month is closed.');
  END IF;
  INSERT INTO billing_journal (action, month, reason) VALUES ('reopen', p_month, p_reason);
  UPDATE billing_periods SET status = 'open', changed_at = pg_catalog.clock_timestamp(), changed_by = session_user,
    reason = p_reason
   WHERE month = p_month;
  PERFORM daybook_record_event('daybook', 'billing_period.reopened', 'billing_period',
    pg_catalog.to_char(p_month, 'YYYY-MM'),
    p_reason, '{}');
END $$;

COMMENT ON FUNCTION daybook_reopen_period IS 'Opens the last closed month again; its statements stay. SQLSTATE 55000 for any other month';
REVOKE ALL ON FUNCTION daybook_reopen_period FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_reopen_period TO app_finance;
