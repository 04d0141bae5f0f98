-- Only the login that began a run of daybook reconcile goes on with it, until it ends, and it ends once: else one could
-- have another's run pass over months that nobody has compared. Nor does it end before each month of costs_monthly that
-- it found was compared: the gauge of drift, and the alert that it is stale, count from runs that have ended.
CREATE OR REPLACE FUNCTION daybook_check_reconciliation() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  missing date;
BEGIN
  IF OLD.finished_at IS NOT NULL OR OLD.started_by <> session_user
     OR (OLD.reconciliation_id, OLD.started_by, OLD.started_at)
        IS DISTINCT FROM (NEW.reconciliation_id, NEW.started_by, NEW.started_at) THEN
    RAISE EXCEPTION 'reconciliation % is finished, or not yours', OLD.reconciliation_id
      USING ERRCODE = 'insufficient_privilege', HINT = 'Reconcile again.';
  END IF;
  IF NEW.finished_at IS NOT NULL THEN
    -- A month that came after the start is another run's.
    SELECT pg_catalog.min(needed.month) INTO missing FROM (
        SELECT NEW.month AS month
        UNION ALL
        SELECT pg_catalog.date_trunc('month', month::timestamp)::date FROM costs_monthly
         WHERE NEW.month IS NULL AND updated_at < NEW.started_at AND pg_catalog.isfinite(month)) AS needed
     WHERE needed.month <> ALL (NEW.months_done);
    IF missing IS NOT NULL THEN
      RAISE EXCEPTION 'reconciliation % has not compared %', OLD.reconciliation_id,
        pg_catalog.to_char(missing, 'YYYY-MM')
        USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Reconcile again: it goes on there.';
    END IF;
  END IF;
  RETURN NEW;
END $$;

COMMENT ON FUNCTION daybook_check_reconciliation IS 'Trigger: a run of daybook reconcile is changed by its own login, until it is finished, and ends when each month was compared';
REVOKE ALL ON FUNCTION daybook_check_reconciliation FROM PUBLIC;

CREATE OR REPLACE TRIGGER check_run BEFORE UPDATE ON reconciliations
  FOR EACH ROW EXECUTE FUNCTION daybook_check_reconciliation();
ALTER TABLE reconciliations ENABLE ALWAYS TRIGGER check_run;
