-- A release before items came stages its rows without a column for them: it runs on while this one migrates. What it
-- gets is no constant: ORDER BY would take that for the position of a column.
CREATE OR REPLACE FUNCTION daybook_staged_item(p_staging text) RETURNS text
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT CASE WHEN EXISTS (
      SELECT FROM pg_attribute
       WHERE attrelid = pg_catalog.to_regclass('pg_temp.' || pg_catalog.quote_ident(p_staging))
         AND attname = 'source_item' AND NOT attisdropped)
    THEN 'coalesce(s.source_item, -1)' ELSE 'coalesce(NULL::integer, -1)' END
$$;

COMMENT ON FUNCTION daybook_staged_item IS 'SQL that tells the item of a row s of a staging table, -1 for a record that is its own: rows of one record share the offset';
REVOKE ALL ON FUNCTION daybook_staged_item FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_staged_item TO app_write;
