CREATE OR REPLACE FUNCTION daybook_record_shipped(p_retirement bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  r partition_retirements := daybook_retirement(p_retirement, 'verified');
BEGIN
  UPDATE partition_retirements SET state = 'shipped', attempts = 0, last_error = NULL,
    updated_at = pg_catalog.clock_timestamp()
   WHERE retirement_id = p_retirement;
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason)
  VALUES ('ship', r.table_name, r.partition_name, r.partition_oid, 'archive_command has taken it');
END $$;

COMMENT ON FUNCTION daybook_record_shipped IS 'verified → shipped';
REVOKE ALL ON FUNCTION daybook_record_shipped FROM PUBLIC;
