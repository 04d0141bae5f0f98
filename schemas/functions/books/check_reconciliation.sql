-- Only the login that began a run of daybook reconcile goes on with it, until it ends, and it ends once: else one could
-- have another's run pass over months that nobody has compared.
CREATE OR REPLACE FUNCTION daybook_check_reconciliation() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF OLD.finished_at IS NOT NULL OR OLD.started_by <> session_user
     OR (OLD.reconciliation_id, OLD.started_by, OLD.started_at)
        IS DISTINCT FROM (NEW.reconciliation_id, NEW.started_by, NEW.started_at) THEN
    RAISE EXCEPTION 'reconciliation % is finished, or not yours', OLD.reconciliation_id
      USING ERRCODE = 'insufficient_privilege', HINT = 'Reconcile again.';
  END IF;
  RETURN NEW;
END $$;

COMMENT ON FUNCTION daybook_check_reconciliation IS 'Trigger: a run of daybook reconcile is changed by its own login, until it is finished';
REVOKE ALL ON FUNCTION daybook_check_reconciliation FROM PUBLIC;

CREATE OR REPLACE TRIGGER check_run BEFORE UPDATE ON reconciliations
  FOR EACH ROW EXECUTE FUNCTION daybook_check_reconciliation();
ALTER TABLE reconciliations ENABLE ALWAYS TRIGGER check_run;
