-- For the owner too, whom maintenance becomes by SET ROLE: the login role stays in session_user.
CREATE OR REPLACE FUNCTION daybook_stamp_offset_change() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  NEW.changed_at := pg_catalog.clock_timestamp();
  NEW.changed_by := session_user;
  RETURN NEW;
END $$;

COMMENT ON FUNCTION daybook_stamp_offset_change IS 'Trigger: sets who changed a position, and when';
REVOKE ALL ON FUNCTION daybook_stamp_offset_change FROM PUBLIC;

CREATE OR REPLACE TRIGGER stamp BEFORE INSERT ON offset_changes
  FOR EACH ROW EXECUTE FUNCTION daybook_stamp_offset_change();
ALTER TABLE offset_changes ENABLE ALWAYS TRIGGER stamp;
