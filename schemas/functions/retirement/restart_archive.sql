-- The file is gone or bad: the table is exported again, which is always possible before the drop.
CREATE OR REPLACE FUNCTION daybook_restart_archive(p_retirement bigint, p_reason text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  r partition_retirements;
BEGIN
  SELECT * INTO r FROM partition_retirements
   WHERE retirement_id = p_retirement AND state IN ('archived', 'verified', 'shipped') FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'retirement % has no archive', p_retirement USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  UPDATE partition_retirements
     SET state = 'revoked', manifest = NULL, manifest_path = NULL, content_sha256 = NULL,
       updated_at = pg_catalog.clock_timestamp()
   WHERE retirement_id = p_retirement;
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason)
  VALUES ('restart', r.table_name, r.partition_name, r.partition_oid, p_reason);
END $$;

COMMENT ON FUNCTION daybook_restart_archive IS 'archived, verified or shipped → revoked, so that the partition is exported again';
REVOKE ALL ON FUNCTION daybook_restart_archive FROM PUBLIC;
