-- The way back, as long as the table is there: a retention that was wrong, a month that is wanted after all.
CREATE OR REPLACE FUNCTION daybook_cancel_retirement(p_retirement bigint, p_reason text) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET lock_timeout = '3s' AS $$
DECLARE
  r partition_retirements;
  control name;
  receipt jsonb;
BEGIN
  SELECT * INTO r FROM partition_retirements WHERE retirement_id = p_retirement FOR UPDATE;
  IF r.state IS NULL OR r.state IN ('detaching', 'dropped')
     OR pg_catalog.to_regclass(pg_catalog.quote_ident(r.partition_name))::oid IS DISTINCT FROM r.partition_oid
     OR EXISTS (SELECT FROM pg_inherits WHERE inhrelid = r.partition_oid) THEN
    RAISE EXCEPTION 'retirement % cannot be cancelled: its table does not stand alone', p_retirement
      USING ERRCODE = 'object_not_in_prerequisite_state',
        HINT = 'Let daybook maintain detach it first; what was dropped is in its archive.';
  END IF;
  SELECT a.attname INTO STRICT control
    FROM pg_partitioned_table p
    JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
   WHERE p.partrelid = pg_catalog.quote_ident(r.table_name)::regclass;
  EXECUTE pg_catalog.format('DROP TRIGGER IF EXISTS refuse_change ON %I', r.partition_name);
  EXECUTE pg_catalog.format('DROP TRIGGER IF EXISTS refuse_truncate ON %I', r.partition_name);
  PERFORM daybook_equip_partition(r.table_name, r.partition_name);
  EXECUTE pg_catalog.format('ALTER TABLE %I ADD CONSTRAINT daybook_bounds CHECK (%I >= %L AND %I < %L)',
                 r.partition_name, control, r.lower_bound, control, r.upper_bound);
  EXECUTE pg_catalog.format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                 r.table_name, r.partition_name, r.lower_bound, r.upper_bound);
  EXECUTE pg_catalog.format('ALTER TABLE %I DROP CONSTRAINT daybook_bounds', r.partition_name);
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

COMMENT ON FUNCTION daybook_cancel_retirement IS 'Attaches a partition that was on its way out again, with the rights and triggers of its set, and forgets the retirement. SQLSTATE 55P03 means try again';
REVOKE ALL ON FUNCTION daybook_cancel_retirement FROM PUBLIC;
