CREATE OR REPLACE FUNCTION daybook_finish_reprice(p_run bigint, p_examined bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE reprice_runs SET finished_at = pg_catalog.clock_timestamp(), rows_examined = p_examined
   WHERE run_id = p_run AND finished_at IS NULL AND started_by = session_user;
  IF FOUND THEN
    INSERT INTO billing_journal (action, reason, detail)
    SELECT 'reprice', reason, pg_catalog.to_jsonb(r) - 'reason' FROM reprice_runs r WHERE run_id = p_run;
  END IF;
END $$;

COMMENT ON FUNCTION daybook_finish_reprice IS 'Notes that a run of daybook reprice is at its end, and journals it';
REVOKE ALL ON FUNCTION daybook_finish_reprice FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_finish_reprice TO app_finance;
