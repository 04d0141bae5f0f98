CREATE OR REPLACE FUNCTION daybook_retirement(p_retirement bigint, p_state text) RETURNS partition_retirements
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  r partition_retirements;
BEGIN
  SELECT * INTO r FROM partition_retirements WHERE retirement_id = p_retirement FOR UPDATE;
  IF r.state IS DISTINCT FROM p_state THEN
    RAISE EXCEPTION 'retirement % is %, not %', p_retirement, coalesce(r.state, 'not there'), p_state
      USING ERRCODE = 'object_not_in_prerequisite_state',
        HINT = 'Another run went on with it: look at daybook partitions list.';
  END IF;
  IF pg_catalog.to_regclass(pg_catalog.quote_ident(r.partition_name))::oid IS DISTINCT FROM r.partition_oid THEN
    RAISE EXCEPTION 'table % is not the partition whose retirement began', r.partition_name
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Find out who replaced or removed it.';
  END IF;
  IF EXISTS (SELECT FROM pg_inherits WHERE inhrelid = r.partition_oid) THEN
    RAISE EXCEPTION 'partition % is still attached', r.partition_name
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Detach it, or finalize an interrupted detach.';
  END IF;
  RETURN r;
END $$;

COMMENT ON FUNCTION daybook_retirement IS 'The retirement, locked, if it is in this state and its table stands alone';
REVOKE ALL ON FUNCTION daybook_retirement FROM PUBLIC;
