CREATE OR REPLACE FUNCTION daybook_journal_hold() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  facts jsonb;
BEGIN
  IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (OLD.released_at IS NOT NULL OR NEW.released_at IS NULL
     OR (pg_catalog.to_jsonb(OLD) - '{released_at,released_by,release_reason}'::text[])
        <> (pg_catalog.to_jsonb(NEW) - '{released_at,released_by,release_reason}'::text[])) THEN
    RAISE EXCEPTION 'a legal hold changes only once, when it is released'
      USING ERRCODE = 'insufficient_privilege', HINT = 'Place another hold, or release this one: daybook hold release.';
  END IF;
  facts := pg_catalog.jsonb_strip_nulls(pg_catalog.to_jsonb(NEW));
  INSERT INTO partition_journal (action, table_name, reason, detail)
  VALUES (CASE TG_OP WHEN 'INSERT' THEN 'hold' ELSE 'release' END, NEW.table_name,
          CASE TG_OP WHEN 'INSERT' THEN NEW.reason ELSE NEW.release_reason END, facts);
  PERFORM daybook_record_event(coalesce(NEW.tenant_id, 'daybook'),
    CASE TG_OP WHEN 'INSERT' THEN 'legal_hold.placed' ELSE 'legal_hold.released' END, 'legal_hold', NEW.hold_id::text,
    CASE TG_OP WHEN 'INSERT' THEN NEW.reason ELSE NEW.release_reason END, facts);
  RETURN NULL;
END $$;

COMMENT ON FUNCTION daybook_journal_hold IS 'Trigger: a hold is journaled and becomes a security event; it changes once and is never deleted';
REVOKE ALL ON FUNCTION daybook_journal_hold FROM PUBLIC;

CREATE OR REPLACE TRIGGER journal_change AFTER INSERT OR UPDATE OR DELETE ON legal_holds
  FOR EACH ROW EXECUTE FUNCTION daybook_journal_hold();
ALTER TABLE legal_holds ENABLE ALWAYS TRIGGER journal_change;
