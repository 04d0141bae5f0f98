-- A rollup that is counted by rows says itself what it counts: by its primary key (tenant_id, the UTC day, columns of
-- the stream), records, and sums of the stream's columns of these names.
CREATE OR REPLACE FUNCTION daybook_sum_columns(p_rollup text)
RETURNS TABLE (name text, type text, is_key boolean, amount text)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT pg_catalog.quote_ident(a.attname),
         pg_catalog.format_type(a.atttypid, a.atttypmod)
           || CASE WHEN a.attcollation <> 0 THEN ' COLLATE "C"' ELSE '' END,
         a.attnum = ANY (i.indkey),
         CASE WHEN a.attname = 'day' THEN '(occurred_at AT TIME ZONE ''UTC'')::date'
              WHEN a.attname = 'records' THEN 'pg_catalog.count(*)'
              WHEN a.attnum = ANY (i.indkey) THEN pg_catalog.quote_ident(a.attname)
              ELSE pg_catalog.format('coalesce(pg_catalog.sum(%I), 0)', a.attname) END
    FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum > 0 AND NOT a.attisdropped
   WHERE i.indrelid = pg_catalog.quote_ident(p_rollup)::regclass AND i.indisprimary AND a.attname <> 'updated_at'
   ORDER BY pg_catalog.array_position(i.indkey::int2[], a.attnum), a.attnum
$$;

COMMENT ON FUNCTION daybook_sum_columns IS 'Columns of a rollup that is counted by rows, its key first, each with what it is made of';
REVOKE ALL ON FUNCTION daybook_sum_columns FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_sum_columns TO app_write;
