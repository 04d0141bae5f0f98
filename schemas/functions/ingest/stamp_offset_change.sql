-- For the owner too, whom maintenance becomes by SET ROLE: the login role stays in session_user. What moves or halts a
-- position has just written its row: both have one time, which is between the batches before and behind.
CREATE OR REPLACE FUNCTION daybook_stamp_offset_change() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  NEW.changed_at := pg_catalog.clock_timestamp();
  IF NEW.action IN ('start', 'set', 'resume', 'halt') THEN
    NEW.changed_at := coalesce((
      SELECT o.updated_at FROM ingest_offsets o
       WHERE o.cluster_id = NEW.cluster_id AND o.topic = NEW.topic AND o.partition = NEW.partition), NEW.changed_at);
  END IF;
  NEW.changed_by := session_user;
  RETURN NEW;
END $$;

COMMENT ON FUNCTION daybook_stamp_offset_change IS 'Trigger: sets who changed a position, and when';
REVOKE ALL ON FUNCTION daybook_stamp_offset_change FROM PUBLIC;

CREATE OR REPLACE TRIGGER stamp BEFORE INSERT ON offset_changes
  FOR EACH ROW EXECUTE FUNCTION daybook_stamp_offset_change();
ALTER TABLE offset_changes ENABLE ALWAYS TRIGGER stamp;
