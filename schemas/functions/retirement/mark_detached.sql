CREATE OR REPLACE FUNCTION daybook_mark_detached(p_retirement bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM daybook_retirement(p_retirement, 'detaching');
  UPDATE partition_retirements SET state = 'detached', attempts = 0, last_error = NULL,
    updated_at = pg_catalog.clock_timestamp()
   WHERE retirement_id = p_retirement;
END $$;

COMMENT ON FUNCTION daybook_mark_detached IS 'detaching → detached, if the partition stands alone';
REVOKE ALL ON FUNCTION daybook_mark_detached FROM PUBLIC;
