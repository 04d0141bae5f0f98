-- Equal fingerprints are equal content. Different ones are not different content: the fingerprint is that of the bytes
-- of one version of the program, and jsonb is equal whatever the order of its keys. So the columns decide.
CREATE OR REPLACE FUNCTION daybook_same_content(p_table text, p_id text, p_rows jsonb[])
RETURNS TABLE (source_topic text, source_partition integer, source_offset bigint, item integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  first timestamptz;
  last timestamptz;
BEGIN
  -- It runs as app_owner: it looks into tables of records only, and only by their identity.
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid
    AND a.attnum = i.indkey[2]
                  WHERE i.indrelid = pg_catalog.quote_ident(p_table)::regclass AND i.indisprimary AND i.indnkeyatts = 3
                    AND a.attname = p_id)
     OR NOT EXISTS (SELECT FROM partition_policies p WHERE p.table_name = p_table) THEN
    RAISE EXCEPTION '% is no table of records with the id %', p_table, p_id USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT pg_catalog.min((r->>'occurred_at')::timestamptz), pg_catalog.max((r->>'occurred_at')::timestamptz)
    INTO first, last FROM pg_catalog.unnest(p_rows) AS r;
  RETURN QUERY EXECUTE pg_catalog.format($sql$
    SELECT r->>'source_topic', (r->>'source_partition')::integer, (r->>'source_offset')::bigint,
           coalesce((r->>'source_item')::integer, -1)
      FROM pg_catalog.unnest($1) AS r
      JOIN %1$I t ON t.tenant_id = (r->>'tenant_id') COLLATE "C"
       AND t.occurred_at = (r->>'occurred_at')::timestamptz AND t.%2$I = (r->>%2$L)::uuid
     WHERE t.occurred_at BETWEEN $2 AND $3
       AND daybook_content(pg_catalog.to_jsonb(t), r) = daybook_content(r, pg_catalog.to_jsonb(t)) $sql$,
    p_table, p_id) USING p_rows, first, last;
END $$;

COMMENT ON FUNCTION daybook_same_content IS 'Which of these rows are in the table with the same content, column by column as PostgreSQL compares them; p_id is the last column of the primary key';
REVOKE ALL ON FUNCTION daybook_same_content FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_same_content TO app_write;
