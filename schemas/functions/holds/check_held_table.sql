-- A table may be called like that for other reasons: ours has our trigger.
CREATE OR REPLACE FUNCTION daybook_check_held_table(p_table text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_catalog.to_regclass(pg_catalog.quote_ident(p_table
    || '_held'))
                    AND tgfoid = 'daybook_held_table_refuse'::regproc) THEN
    RAISE EXCEPTION 'table %_held is not one that Daybook made for rows under legal hold', p_table
      USING ERRCODE = 'duplicate_table', HINT = 'Rename it.';
  END IF;
END $$;

COMMENT ON FUNCTION daybook_check_held_table IS 'Raises when <table>_held is not the table of held rows';
REVOKE ALL ON FUNCTION daybook_check_held_table FROM PUBLIC;
