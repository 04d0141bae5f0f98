-- What was found stays; that it was repaired is noted once.
CREATE OR REPLACE FUNCTION daybook_refuse_drift_change() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.repaired_at IS NULL AND NEW.repaired_at IS NOT NULL
       AND pg_catalog.to_jsonb(OLD) - 'repaired_at' = pg_catalog.to_jsonb(NEW) - 'repaired_at' THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'what a reconciliation found does not change' USING ERRCODE = 'insufficient_privilege',
    HINT = 'Reconcile again.';
END $$;

COMMENT ON FUNCTION daybook_refuse_drift_change IS 'Trigger: a difference is repaired once and never changes otherwise';
REVOKE ALL ON FUNCTION daybook_refuse_drift_change FROM PUBLIC;

CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON reconciliation_drift
  FOR EACH ROW EXECUTE FUNCTION daybook_refuse_drift_change();
ALTER TABLE reconciliation_drift ENABLE ALWAYS TRIGGER refuse_change;
