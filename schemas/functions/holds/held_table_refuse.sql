CREATE OR REPLACE FUNCTION daybook_held_table_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  held text;
  is_held boolean := false;
BEGIN
  IF TG_OP <> 'DELETE' THEN
    RAISE EXCEPTION '% of % is not allowed: its rows never change', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege', HINT = 'Release the hold; maintenance then removes the rows.';
  END IF;
  PERFORM daybook_lock_holds();
  held := daybook_held_condition(TG_ARGV[0], '-infinity', 'infinity');
  IF held IS NOT NULL THEN
    EXECUTE pg_catalog.format('SELECT %s FROM (SELECT ($1).*) AS r', held) USING OLD INTO is_held;
  END IF;
  IF is_held THEN
    RAISE EXCEPTION 'a row of % is under legal hold', TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege', HINT = 'Release the hold first: daybook hold list.';
  END IF;
  RETURN OLD;
END $$;

COMMENT ON FUNCTION daybook_held_table_refuse IS 'Trigger of <table>_held: rows never change, and leave only when no hold covers them';
REVOKE ALL ON FUNCTION daybook_held_table_refuse FROM PUBLIC;

-- Tables of held rows from before a way down get their own trigger back.
DO $$
DECLARE
  held record;
BEGIN
  FOR held IN
    SELECT p.table_name, t.tgrelid::regclass AS name
      FROM partition_policies p
      JOIN pg_trigger t ON t.tgrelid = to_regclass(quote_ident(p.table_name || '_held')) AND t.tgname = 'refuse_change'
                       AND t.tgfoid = 'daybook_refuse_change'::regproc
  LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %s FOR EACH ROW'
                   ' EXECUTE FUNCTION daybook_held_table_refuse(%L)', held.name, held.table_name);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER refuse_change', held.name);
  END LOOP;
END $$;
