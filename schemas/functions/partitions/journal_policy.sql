-- A trigger, so that a change by hand is journaled as well.
CREATE OR REPLACE FUNCTION daybook_journal_policy() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO partition_journal (action, table_name, reason, detail)
  VALUES ('policy', coalesce(NEW.table_name, OLD.table_name),
          coalesce(nullif(pg_catalog.current_setting('daybook.reason', true), ''), 'no reason was given'),
          pg_catalog.jsonb_build_object('old', CASE WHEN TG_OP <> 'INSERT' THEN pg_catalog.to_jsonb(OLD) END,
                             'new', CASE WHEN TG_OP <> 'DELETE' THEN pg_catalog.to_jsonb(NEW) END));
  RETURN NULL;
END $$;

COMMENT ON FUNCTION daybook_journal_policy IS 'Trigger: journals a change of a policy with the reason in the setting daybook.reason';
REVOKE ALL ON FUNCTION daybook_journal_policy FROM PUBLIC;

CREATE OR REPLACE TRIGGER journal_change AFTER INSERT OR UPDATE OR DELETE ON partition_policies
  FOR EACH ROW EXECUTE FUNCTION daybook_journal_policy();
ALTER TABLE partition_policies ENABLE ALWAYS TRIGGER journal_change;
