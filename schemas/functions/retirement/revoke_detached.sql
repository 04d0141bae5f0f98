-- A detached table loses the triggers that it had as a partition: nobody keeps a right on it, the triggers come
-- back, and its rows are counted.
CREATE OR REPLACE FUNCTION daybook_revoke_detached(p_retirement bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET lock_timeout = '3s' AS $$
DECLARE
  r partition_retirements := daybook_retirement(p_retirement, 'detached');
  sums jsonb;
  grantee text;
BEGIN
  EXECUTE pg_catalog.format('LOCK TABLE ONLY %I IN ACCESS EXCLUSIVE MODE', r.partition_name);
  FOR grantee IN
    SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
      FROM pg_class c, pg_catalog.aclexplode(c.relacl) AS a WHERE c.oid = r.partition_oid AND a.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON TABLE %I FROM %s CASCADE', r.partition_name, grantee);
  END LOOP;
  EXECUTE pg_catalog.format('CREATE OR REPLACE TRIGGER refuse_change BEFORE INSERT OR UPDATE OR DELETE ON %I'
                 ' FOR EACH ROW EXECUTE FUNCTION daybook_refuse_change()', r.partition_name);
  EXECUTE pg_catalog.format('CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT'
                 ' EXECUTE FUNCTION daybook_refuse_change()', r.partition_name);
  EXECUTE pg_catalog.format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate',
    r.partition_name);
  sums := daybook_partition_totals(r.table_name, r.partition_name);
  UPDATE partition_retirements
     SET state = 'revoked', row_count = (sums->>'rows')::bigint, totals = sums,
         checksum = daybook_partition_checksum(r.partition_name), attempts = 0, last_error = NULL,
         updated_at = pg_catalog.clock_timestamp()
   WHERE retirement_id = p_retirement;
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason, detail)
  VALUES ('revoke', r.table_name, r.partition_name, r.partition_oid, 'it stands alone, and its rows were counted',
    sums);
END $$;

COMMENT ON FUNCTION daybook_revoke_detached IS 'detached → revoked: takes every right away, refuses changes, counts the rows. SQLSTATE 55P03 means try again';
REVOKE ALL ON FUNCTION daybook_revoke_detached FROM PUBLIC;
