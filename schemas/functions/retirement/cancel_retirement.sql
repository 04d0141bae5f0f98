-- The way back, as long as the table is there: a retention that was wrong, a month that is wanted after all.
CREATE OR REPLACE FUNCTION daybook_cancel_retirement(p_retirement bigint, p_reason text) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET lock_timeout = '3s' AS $$
DECLARE
  r partition_retirements;
  receipt jsonb;
  is_attached boolean;
BEGIN
  SELECT * INTO r FROM partition_retirements WHERE retirement_id = p_retirement FOR UPDATE;
  is_attached := EXISTS (SELECT FROM pg_inherits WHERE inhrelid = r.partition_oid AND NOT inhdetachpending);
  IF r.state IS NULL OR r.state = 'dropped'
     OR pg_catalog.to_regclass(pg_catalog.quote_ident(r.partition_name))::oid IS DISTINCT FROM r.partition_oid
     OR is_attached <> (r.state = 'detaching')
     OR EXISTS (SELECT FROM pg_inherits WHERE inhrelid = r.partition_oid AND inhdetachpending) THEN
    RAISE EXCEPTION 'retirement % cannot be cancelled: its table does not stand alone', p_retirement
      USING ERRCODE = 'object_not_in_prerequisite_state',
        HINT = 'Let daybook maintain detach it first; what was dropped is in its archive.';
  END IF;
  IF NOT is_attached THEN
    PERFORM daybook_reattach(r);
  -- The lock of whoever leads (MaintenanceSession+Leader.swift), who may be about to detach it.
  ELSIF NOT pg_catalog.pg_try_advisory_xact_lock((1684109666::bigint << 32) | (
          SELECT relnamespace::bigint FROM pg_class WHERE oid = 'partition_retirements'::regclass)) THEN
    RAISE EXCEPTION 'a daybook maintain leads, and may be about to detach %', r.partition_name
      USING ERRCODE = 'lock_not_available', HINT = 'Try again when it has ended; stop one that runs with --loop.';
  END IF;
  receipt := r.earlier -> -1;
  IF receipt IS NULL THEN
    DELETE FROM partition_retirements WHERE retirement_id = p_retirement;
  ELSE
    -- The month left once before: that receipt still counts.
    UPDATE partition_retirements
       SET state = 'dropped', partition_oid = (receipt->>'partition_oid')::oid,
         row_count = (receipt->>'row_count')::bigint,
           totals = receipt->'totals', checksum = NULL, manifest = NULL, manifest_path = receipt->>'manifest_path',
           content_sha256 = pg_catalog.decode(receipt->>'content_sha256', 'hex'),
             carved_rows = (receipt->>'carved_rows')::bigint,
           attempts = 0, last_error = NULL, updated_at = (receipt->>'dropped_at')::timestamptz, earlier = r.earlier - -1
     WHERE retirement_id = p_retirement;
  END IF;
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason, detail)
  VALUES ('cancel', r.table_name, r.partition_name, r.partition_oid, p_reason,
          pg_catalog.jsonb_build_object('state', r.state, 'rows', r.row_count, 'manifest', r.manifest_path));
END $$;

COMMENT ON FUNCTION daybook_cancel_retirement IS 'Forgets the retirement of a partition that is still there and attaches it again, if it was detached. SQLSTATE 55P03 means try again';
REVOKE ALL ON FUNCTION daybook_cancel_retirement FROM PUBLIC;
