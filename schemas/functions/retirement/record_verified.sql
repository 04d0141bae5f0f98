CREATE OR REPLACE FUNCTION daybook_record_verified(p_retirement bigint, p_content_sha256 bytea) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  r partition_retirements := daybook_retirement(p_retirement, 'archived');
BEGIN
  IF p_content_sha256 IS DISTINCT FROM r.content_sha256 THEN
    RAISE EXCEPTION 'the file of % is not the one that was exported', r.partition_name
      USING ERRCODE = 'data_exception', HINT = 'Nothing is dropped: export it again (daybook partitions apply).';
  END IF;
  UPDATE partition_retirements SET state = 'verified', attempts = 0, last_error = NULL,
    updated_at = pg_catalog.clock_timestamp()
   WHERE retirement_id = p_retirement;
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason, detail)
  VALUES ('verify', r.table_name, r.partition_name, r.partition_oid, 'the archive was read back',
          pg_catalog.jsonb_build_object('content_sha256', pg_catalog.encode(p_content_sha256, 'hex')));
END $$;

COMMENT ON FUNCTION daybook_record_verified IS 'archived → verified, if what was read back is what was exported';
REVOKE ALL ON FUNCTION daybook_record_verified FROM PUBLIC;
