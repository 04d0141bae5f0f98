-- What was found stays; that it was repaired is noted once. Only the login of a run writes down what it finds, until it
-- ends: a row of somebody else would raise an alert, or be in the way of the run's own.
CREATE OR REPLACE FUNCTION daybook_refuse_drift_change() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF EXISTS (SELECT FROM reconciliations r WHERE r.reconciliation_id = NEW.reconciliation_id
                  AND r.finished_at IS NULL AND r.started_by = session_user) THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'reconciliation % is finished, or not yours', NEW.reconciliation_id
      USING ERRCODE = 'insufficient_privilege', HINT = 'Reconcile again.';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF OLD.repaired_at IS NULL AND NEW.repaired_at IS NOT NULL
       AND pg_catalog.to_jsonb(OLD) - 'repaired_at' = pg_catalog.to_jsonb(NEW) - 'repaired_at' THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'what a reconciliation found does not change' USING ERRCODE = 'insufficient_privilege',
    HINT = 'Reconcile again.';
END $$;

COMMENT ON FUNCTION daybook_refuse_drift_change IS 'Trigger: a difference is written down by the login of its run, until that has ended, is repaired once and never changes otherwise';
REVOKE ALL ON FUNCTION daybook_refuse_drift_change FROM PUBLIC;

CREATE OR REPLACE TRIGGER refuse_change BEFORE INSERT OR UPDATE OR DELETE ON reconciliation_drift
  FOR EACH ROW EXECUTE FUNCTION daybook_refuse_drift_change();
ALTER TABLE reconciliation_drift ENABLE ALWAYS TRIGGER refuse_change;
