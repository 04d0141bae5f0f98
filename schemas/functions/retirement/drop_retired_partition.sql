-- The only way that Daybook drops a partition. What must be true is looked at here, in the same transaction.
CREATE OR REPLACE FUNCTION daybook_drop_retired_partition(p_retirement bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' SET lock_timeout = '3s' SET row_security = off AS $$
DECLARE
  r partition_retirements;
  policy partition_policies;
  held text;
  held_rows bigint := 0;
  rows_now bigint;
BEGIN
  SELECT * INTO r FROM partition_retirements WHERE retirement_id = p_retirement FOR UPDATE;
  IF NOT FOUND OR r.state = 'dropped' THEN
    RAISE EXCEPTION 'retirement % is not there or has ended', p_retirement USING ERRCODE = 'no_data_found';
  END IF;
  SELECT * INTO policy FROM partition_policies WHERE table_name = r.table_name;
  IF r.state NOT IN ('verified', 'shipped')
     AND (r.state = 'revoked' AND policy.archive = 'none') IS NOT TRUE THEN
    RAISE EXCEPTION 'partition % is % and has no verified archive', r.partition_name, r.state
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Run daybook maintain, or say on purpose that no archive is wanted: daybook policy set.';
  END IF;
  IF policy.table_name IS NULL THEN
    RAISE EXCEPTION 'nobody has said how long % is kept', r.table_name
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Give it a policy: daybook policy set.';
  END IF;
  IF r.upper_bound > pg_catalog.date_trunc('month',
    pg_catalog.now()) - pg_catalog.make_interval(months => policy.retention_months) THEN
    RAISE EXCEPTION 'partition % has not expired any more', r.partition_name
      USING ERRCODE = 'DB002',
            HINT = pg_catalog.format('%s keeps %s months now. To attach it again: daybook_cancel_retirement.',
              r.table_name,
                          policy.retention_months);
  END IF;
  IF pg_catalog.to_regclass(pg_catalog.quote_ident(r.partition_name))::oid IS DISTINCT FROM r.partition_oid THEN
    RAISE EXCEPTION 'table % is not the partition that was archived', r.partition_name
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Find out who replaced or removed it.';
  END IF;
  IF EXISTS (SELECT FROM pg_inherits WHERE inhrelid = r.partition_oid) THEN
    RAISE EXCEPTION 'partition % is attached', r.partition_name
      USING ERRCODE = 'object_not_in_prerequisite_state',
        HINT = 'Somebody attached it again: detach it, it has been counted.';
  END IF;
  EXECUTE pg_catalog.format('LOCK TABLE ONLY %I IN ACCESS EXCLUSIVE MODE', r.partition_name);
  EXECUTE pg_catalog.format('SELECT pg_catalog.count(*) FROM ONLY %I', r.partition_name) INTO rows_now;
  IF rows_now <> r.row_count THEN
    RAISE EXCEPTION 'partition % has % rows, and % were archived', r.partition_name, rows_now, r.row_count
      USING ERRCODE = 'data_exception', HINT = 'Somebody changed it after it was detached: find out who.';
  END IF;
  IF daybook_partition_checksum(r.partition_name) IS DISTINCT FROM r.checksum THEN
    RAISE EXCEPTION 'rows of partition % are not those that were archived', r.partition_name
      USING ERRCODE = 'data_exception', HINT = 'Somebody changed it after it was detached: find out who.';
  END IF;
  -- Nobody places a hold between this look and the drop.
  PERFORM daybook_lock_holds();
  held := daybook_held_condition(r.table_name, r.lower_bound, r.upper_bound);
  IF held IS NOT NULL THEN
    EXECUTE pg_catalog.format('SELECT pg_catalog.count(*) FROM ONLY %I WHERE %s', r.partition_name, held)
      INTO held_rows;
    IF held_rows > 0 AND policy.held_rows = 'carve' THEN
      r.carved_rows := daybook_carve_held_rows(r.table_name, r.partition_name, r.lower_bound, r.upper_bound);
      INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason, detail)
      VALUES ('carve', r.table_name, r.partition_name, r.partition_oid, 'rows under legal hold outlive their partition',
              pg_catalog.jsonb_build_object('rows', r.carved_rows, 'into', r.table_name || '_held'));
    ELSIF held_rows > 0 THEN
      RAISE EXCEPTION 'partition % holds % rows under legal hold', r.partition_name, held_rows
        USING ERRCODE = 'DB002', HINT = 'It is kept until the hold is released: daybook hold list.';
    END IF;
  END IF;
  EXECUTE pg_catalog.format('DROP TABLE %I', r.partition_name);
  UPDATE partition_retirements
     SET state = 'dropped', carved_rows = r.carved_rows, attempts = 0, last_error = NULL,
       updated_at = pg_catalog.clock_timestamp()
   WHERE retirement_id = p_retirement;
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason, detail)
  VALUES ('drop', r.table_name, r.partition_name, r.partition_oid, r.reason,
          pg_catalog.jsonb_build_object('rows', rows_now, 'state', r.state, 'carved_rows', r.carved_rows,
                             'content_sha256', pg_catalog.encode(r.content_sha256, 'hex'), 'manifest', r.manifest_path,
                             'no_archive_reason', policy.no_archive_reason));
END $$;

COMMENT ON FUNCTION daybook_drop_retired_partition IS 'Drops an expired partition, if its archive was verified (or none is wanted), its rows are those that were counted, and no hold covers it. Call it in a transaction of its own; SQLSTATE 55P03 means try again, DB002 under legal hold';
REVOKE ALL ON FUNCTION daybook_drop_retired_partition FROM PUBLIC;
