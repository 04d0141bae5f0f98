-- Who and when is not for the caller to say, and a hold on a table that is not there would hold nothing.
CREATE OR REPLACE FUNCTION daybook_stamp_hold() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.released_at IS NULL AND NEW.release_reason IS NOT NULL THEN
      NEW.released_at := pg_catalog.clock_timestamp();
      NEW.released_by := session_user;
    END IF;
    RETURN NEW;
  END IF;
  IF coalesce(NEW.released_at::text, NEW.released_by, NEW.release_reason) IS NOT NULL THEN
    RAISE EXCEPTION 'a legal hold cannot be placed as released' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.table_name IS NOT NULL AND NOT EXISTS (
    SELECT FROM pg_partitioned_table WHERE partrelid = pg_catalog.to_regclass(pg_catalog.quote_ident(NEW.table_name)))
      THEN
    RAISE EXCEPTION 'there is no partitioned table %', NEW.table_name
      USING ERRCODE = 'undefined_table', HINT = 'Holds name the table, not a partition of it.';
  END IF;
  NEW.placed_at := pg_catalog.clock_timestamp();
  NEW.placed_by := session_user;
  RETURN NEW;
END $$;

COMMENT ON FUNCTION daybook_stamp_hold IS 'Trigger: sets who placed or released a hold, and when';
REVOKE ALL ON FUNCTION daybook_stamp_hold FROM PUBLIC;

CREATE OR REPLACE TRIGGER stamp BEFORE INSERT OR UPDATE ON legal_holds
  FOR EACH ROW EXECUTE FUNCTION daybook_stamp_hold();
ALTER TABLE legal_holds ENABLE ALWAYS TRIGGER stamp;
