-- Retirement, step by step. Each function looks at what must be true before it moves the state on, so that a run that
-- was killed anywhere is repeated without harm.
CREATE OR REPLACE FUNCTION daybook_begin_retirement(p_table text, p_partition text, p_reason text) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET row_security = off
  AS $$
DECLARE
  child record;
  policy partition_policies;
  held text;
  is_held boolean := false;
  result bigint;
BEGIN
  PERFORM daybook_lock_holds();
  SELECT c.oid, c.relkind, bounds[1]::timestamptz AS lower, bounds[2]::timestamptz AS upper INTO child
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid,
         pg_catalog.regexp_match(pg_catalog.pg_get_expr(c.relpartbound, c.oid),
           '^FOR VALUES FROM \(''([^'']+)''\) TO \(''([^'']+)''\)$') AS bounds
   WHERE i.inhparent = pg_catalog.quote_ident(p_table)::regclass
     AND c.oid = pg_catalog.quote_ident(p_partition)::regclass;
  IF child.lower IS NULL OR child.upper IS NULL THEN
    RAISE EXCEPTION '% is not a partition of % with two bounds', p_partition, p_table
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  IF child.relkind <> 'r' THEN
    RAISE EXCEPTION 'partition % is no plain table', p_partition
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Partitions with partitions of their own, and foreign tables, are archived and dropped by hand.';
  END IF;
  SELECT * INTO STRICT policy FROM partition_policies WHERE table_name = p_table;
  IF child.upper > pg_catalog.date_trunc('month', pg_catalog.now()) -
    pg_catalog.make_interval(months => policy.retention_months) THEN
    RAISE EXCEPTION 'partition % has not expired', p_partition
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = pg_catalog.format('%s keeps %s months: it expires later.', p_table, policy.retention_months);
  END IF;
  held := daybook_held_condition(p_table, child.lower, child.upper);
  IF held IS NOT NULL AND policy.held_rows = 'keep' THEN
    EXECUTE pg_catalog.format('SELECT EXISTS (SELECT FROM ONLY %I WHERE %s)', p_partition, held) INTO is_held;
  END IF;
  IF is_held THEN
    RAISE EXCEPTION 'partition % holds rows under legal hold', p_partition
      USING ERRCODE = 'DB002', HINT = 'It is kept until the hold is released: daybook hold list.';
  END IF;
  INSERT INTO partition_retirements (table_name, partition_name, partition_oid, lower_bound, upper_bound, reason)
  VALUES (p_table, p_partition, child.oid, child.lower, child.upper, p_reason)
  ON CONFLICT (table_name, lower_bound) DO UPDATE
    SET state = 'detaching', partition_name = excluded.partition_name, partition_oid = excluded.partition_oid,
        upper_bound = excluded.upper_bound, reason = excluded.reason, row_count = NULL, totals = NULL,
        checksum = NULL, manifest = NULL, manifest_path = NULL, content_sha256 = NULL, carved_rows = 0, attempts = 0,
        last_error = NULL, started_at = pg_catalog.clock_timestamp(), updated_at = pg_catalog.clock_timestamp(),
        earlier = CASE WHEN partition_retirements.state = 'detaching' THEN partition_retirements.earlier
                       ELSE partition_retirements.earlier || pg_catalog.jsonb_build_object(
          'partition_oid', partition_retirements.partition_oid, 'row_count', partition_retirements.row_count,
          'totals', partition_retirements.totals, 'manifest_path', partition_retirements.manifest_path,
          'content_sha256', pg_catalog.encode(partition_retirements.content_sha256, 'hex'),
          'carved_rows', partition_retirements.carved_rows, 'dropped_at', partition_retirements.updated_at) END
    -- The month was retired before and somebody made it again: what left then is still missing from the rows. Or the
    -- retirement began in a database that this one was restored from, and its table has another oid here.
    WHERE partition_retirements.state = 'dropped'
       OR partition_retirements.state = 'detaching'
          AND NOT EXISTS (SELECT FROM pg_class WHERE oid = partition_retirements.partition_oid)
  RETURNING retirement_id INTO result;
  IF result IS NULL THEN
    RAISE EXCEPTION 'partition % is already on its way out', p_partition
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason)
  VALUES ('detach', p_table, p_partition, child.oid, p_reason);
  RETURN result;
END $$;

COMMENT ON FUNCTION daybook_begin_retirement IS 'Decides that an expired partition goes (state detaching), unless it has held rows that the policy keeps (SQLSTATE DB002); number of the retirement. DETACH PARTITION CONCURRENTLY comes next';
REVOKE ALL ON FUNCTION daybook_begin_retirement FROM PUBLIC;
