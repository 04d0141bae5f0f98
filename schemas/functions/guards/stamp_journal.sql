CREATE OR REPLACE FUNCTION daybook_stamp_journal() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  NEW.by := session_user;
  RETURN NEW;
END $$;

COMMENT ON FUNCTION daybook_stamp_journal IS 'Trigger: sets who wrote an entry of a journal';
REVOKE ALL ON FUNCTION daybook_stamp_journal FROM PUBLIC;

CREATE OR REPLACE TRIGGER stamp BEFORE INSERT ON partition_journal FOR EACH ROW
  EXECUTE FUNCTION daybook_stamp_journal();
ALTER TABLE partition_journal ENABLE ALWAYS TRIGGER stamp;
CREATE OR REPLACE TRIGGER stamp BEFORE INSERT ON billing_journal FOR EACH ROW EXECUTE FUNCTION daybook_stamp_journal();
ALTER TABLE billing_journal ENABLE ALWAYS TRIGGER stamp;
