-- What a COPY or an INSERT has stored is counted in a temporary table: no batch locks a rollup before its last step. So
-- these rows are stored in batches only (daybook_begin_batch), whose second message adds the sums (daybook_add_sums).
CREATE OR REPLACE FUNCTION daybook_stage_sums() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  rollup text := TG_ARGV[0];
  mark text := 'daybook.sums_' || rollup;
  batch text := nullif(pg_catalog.current_setting('daybook.batch', true), '');
  columns text;
  names text;
  amounts text;
  keys text;
BEGIN
  IF batch IS NULL THEN
    RAISE EXCEPTION 'rows of % are stored in batches only: % counts them', TG_TABLE_NAME, rollup
      USING ERRCODE = 'DB004';
  END IF;
  SELECT pg_catalog.string_agg(c.name || ' ' || c.type, ', '), pg_catalog.string_agg(c.name, ', '),
         pg_catalog.string_agg(c.amount, ', '), pg_catalog.string_agg(c.amount, ', ') FILTER (WHERE c.is_key)
    INTO columns, names, amounts, keys FROM daybook_sum_columns(rollup) AS c;
  -- The first rows of the batch find an empty table, the others one with sums of the batch.
  IF pg_catalog.current_setting(mark, true) IS DISTINCT FROM batch THEN
    PERFORM daybook_batch_table('daybook_sums_' || rollup, columns,
      pg_catalog.current_setting('daybook.remakes_tables')::boolean);
    PERFORM pg_catalog.set_config(mark, batch, true);
  END IF;
  EXECUTE pg_catalog.format('INSERT INTO pg_temp.%I (%s) SELECT %s FROM stored GROUP BY %s',
                            'daybook_sums_' || rollup, names, amounts, keys);
  RETURN NULL;
END $$;

COMMENT ON FUNCTION daybook_stage_sums IS 'Trigger: counts the rows of a statement for the rollup that its argument names. SQLSTATE DB004: there is no batch, or its temporary table has rows';
REVOKE ALL ON FUNCTION daybook_stage_sums FROM PUBLIC;
