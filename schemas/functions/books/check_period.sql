-- A month is open or closed because the journal says so, whoever changes it.
CREATE OR REPLACE FUNCTION daybook_check_period() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  last billing_journal;
  closed billing_journal;
BEGIN
  SELECT * INTO last FROM billing_journal j
   WHERE j.month = NEW.month AND j.action IN ('close', 'reopen') ORDER BY j.id DESC LIMIT 1;
  SELECT * INTO closed FROM billing_journal j
   WHERE j.month = NEW.month AND j.action = 'close' ORDER BY j.id DESC LIMIT 1;
  IF (TG_OP = 'UPDATE' AND (OLD.month <> NEW.month OR (OLD.status, OLD.version) = (NEW.status, NEW.version)))
     OR NEW.status IS DISTINCT FROM (CASE last.action WHEN 'close' THEN 'closed' WHEN 'reopen' THEN 'open' END)
     OR NEW.version::text IS DISTINCT FROM closed.detail->>'version' THEN
    RAISE EXCEPTION 'no entry of billing_journal makes month % %, version %', pg_catalog.to_char(NEW.month, 'YYYY-MM'),
      NEW.status, NEW.version USING ERRCODE = 'insufficient_privilege', HINT = 'See daybook periods close and reopen.';
  END IF;
  RETURN NEW;
END $$;

COMMENT ON FUNCTION daybook_check_period IS 'Trigger: the status and version of a month are those of its last entries in billing_journal';
REVOKE ALL ON FUNCTION daybook_check_period FROM PUBLIC;

CREATE OR REPLACE TRIGGER check_journal BEFORE INSERT OR UPDATE ON billing_periods
  FOR EACH ROW EXECUTE FUNCTION daybook_check_period();
ALTER TABLE billing_periods ENABLE ALWAYS TRIGGER check_journal;
