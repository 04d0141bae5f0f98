-- From here to the end of the transaction nobody places a hold. A transaction whose snapshot is older than the lock
-- would not see one that was placed while it waited.
CREATE OR REPLACE FUNCTION daybook_lock_holds() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF pg_catalog.current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
    RAISE EXCEPTION 'legal holds cannot be looked up at isolation level %',
      pg_catalog.current_setting('transaction_isolation')
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Use READ COMMITTED.';
  END IF;
  LOCK TABLE legal_holds IN SHARE MODE;
END $$;

COMMENT ON FUNCTION daybook_lock_holds IS 'Keeps legal_holds as it is until the transaction ends; refuses isolation levels that would not see the newest hold';
REVOKE ALL ON FUNCTION daybook_lock_holds FROM PUBLIC;
