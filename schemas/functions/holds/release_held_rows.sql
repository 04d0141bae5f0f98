-- The way back from <table>_held; no hold can be placed between the look and the removal.
CREATE OR REPLACE FUNCTION daybook_release_held_rows(p_table text, p_rows integer) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' AS $$
DECLARE
  source text := p_table || '_held';
  removed bigint;
BEGIN
  PERFORM daybook_check_held_table(p_table);
  PERFORM daybook_lock_holds();
  EXECUTE pg_catalog.format('DELETE FROM %I WHERE ctid = ANY (ARRAY('
                 'SELECT ctid FROM %I WHERE (%s) IS NOT TRUE LIMIT %s))',
                 source, source, coalesce(daybook_held_condition(p_table, '-infinity', 'infinity'), 'false'), p_rows);
  GET DIAGNOSTICS removed = ROW_COUNT;
  IF removed > 0 THEN
    INSERT INTO partition_journal (action, table_name, reason, detail)
    VALUES ('release_rows', p_table, 'no active hold covers these rows any more',
            pg_catalog.jsonb_build_object('rows', removed, 'from', source));
  END IF;
  RETURN removed;
END $$;

COMMENT ON FUNCTION daybook_release_held_rows IS 'Removes up to so many rows of <table>_held that no active hold covers; how many. Call it in a transaction of its own until it removes fewer';
REVOKE ALL ON FUNCTION daybook_release_held_rows FROM PUBLIC;
