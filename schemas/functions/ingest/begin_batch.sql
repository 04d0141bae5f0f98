-- Part of the first message of a batch, before its rows. What it says holds for the second message only if that meets
-- the same transaction. p_staged: [{"staging": name of a temporary table, "columns": their definitions}], one for each
-- stream with rows that may be duplicates.
CREATE OR REPLACE FUNCTION daybook_begin_batch(
  p_batch uuid, p_staged jsonb, p_price_version bigint, p_priced_at numeric, p_remake boolean)
RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF p_batch IS NULL OR p_staged IS NULL THEN
    RAISE EXCEPTION 'a batch needs an id and its staged streams' USING ERRCODE = 'null_value_not_allowed';
  END IF;
  PERFORM set_config('daybook.batch', p_batch::text, true), set_config('daybook.remakes_tables', p_remake::text, true);
  IF p_price_version > 0 AND NOT EXISTS (SELECT FROM price_versions v
       WHERE v.version = p_price_version AND extract(epoch FROM v.changed_at) = p_priced_at) THEN
    RAISE EXCEPTION 'this database does not have version % of the prices that the batch was made with', p_price_version
      USING ERRCODE = 'DB005';
  END IF;
  -- By UTC day, and for tenants with a zone of their own by quarter of an hour (slot): no zone changes its offset
  -- within one. A release before a measure came does not name it.
  PERFORM daybook_batch_table('daybook_rollup_deltas',
    'tenant_id text COLLATE "C", day date, slot smallint, project_id text COLLATE "C", provider text COLLATE "C", '
    'model text COLLATE "C", service_tier text COLLATE "C", currency text COLLATE "C", '
    || (SELECT string_agg(format('%I %s DEFAULT 0', m.name, m.type), ', ') FROM daybook_cost_measures() AS m)
    || ', time_zone text NOT NULL DEFAULT ''UTC''', p_remake);
  IF jsonb_array_length(p_staged) = 0 THEN
    RETURN;
  END IF;
  -- For each staged row whether the deltas have counted it, and on one row of each record (has_record) the record as it
  -- came: its bytes are not sent once an item. They are null there, too, where a refusal of the batch keeps them. A
  -- release before items came names neither of the last two columns.
  PERFORM daybook_batch_table('daybook_staged_raw',
    'source_topic text, source_partition integer, source_offset bigint, record_timestamp timestamptz, key bytea, '
    'payload bytea, headers jsonb, is_counted boolean, item integer DEFAULT -1, '
    'has_record boolean DEFAULT true', p_remake);
  PERFORM daybook_batch_table('daybook_inserted',
    'source_topic text, source_partition integer, source_offset bigint, item integer', p_remake);
  PERFORM daybook_batch_table('daybook_settled',
    'table_name text, source_topic text, source_partition integer, source_offset bigint, item integer, '
    'verdict text', p_remake);
  PERFORM daybook_batch_table(s.staging, s.columns, p_remake)
     FROM jsonb_to_recordset(p_staged) AS s(staging text, columns text);
END $$;

COMMENT ON FUNCTION daybook_begin_batch IS 'Names the batch of the transaction and makes its temporary tables. SQLSTATE DB004: they are not empty; DB005: the prices that the batch was made with are not in this database';
REVOKE ALL ON FUNCTION daybook_begin_batch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_begin_batch TO app_write;
