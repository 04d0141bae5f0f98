-- The temporary tables of a batch stay on the server connection, which belongs to nobody behind a pooler, and are
-- emptied at commit: made again for each batch, they would bloat the catalogue. The comment says what a table is; one
-- of another release, or that another client made under the name, is made again.
CREATE OR REPLACE FUNCTION daybook_batch_table(p_name text, p_columns text, p_remake boolean) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  found regclass := pg_catalog.to_regclass('pg_temp.' || pg_catalog.quote_ident(p_name));
  shape text := pg_catalog.md5(p_columns);
  is_filled boolean;
BEGIN
  IF found IS NOT NULL AND (p_remake OR pg_catalog.obj_description(found, 'pg_class') IS DISTINCT FROM shape) THEN
    EXECUTE pg_catalog.format('DROP TABLE pg_temp.%I', p_name);
    found := NULL;
  END IF;
  IF found IS NULL THEN
    EXECUTE pg_catalog.format('CREATE TEMP TABLE %I (%s) ON COMMIT DELETE ROWS', p_name, p_columns);
    EXECUTE pg_catalog.format('COMMENT ON TABLE pg_temp.%I IS %L', p_name, shape);
    RETURN;
  END IF;
  EXECUTE pg_catalog.format('SELECT EXISTS (SELECT FROM pg_temp.%I)', p_name) INTO is_filled;
  IF is_filled THEN
    RAISE EXCEPTION 'the temporary table % holds rows before its batch', p_name USING ERRCODE = 'DB004';
  END IF;
END $$;

COMMENT ON FUNCTION daybook_batch_table IS 'Makes an empty temporary table of a batch unless it is there. SQLSTATE DB004: it is there and has rows';
REVOKE ALL ON FUNCTION daybook_batch_table FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_batch_table TO app_write;
