-- The order of locks is: offsets, rows, books, rollups. Whatever changes a month holds the books shared; what closes,
-- reopens or moves months holds them alone. Both end with the transaction: nothing stays on a pooled connection. The
-- books are locked as a table, because any login may take any advisory lock.
CREATE OR REPLACE FUNCTION daybook_require_read_committed() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  -- A snapshot from before the wait for a lock would not see what was changed meanwhile.
  IF pg_catalog.current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the books cannot be changed at isolation level %',
      pg_catalog.current_setting('transaction_isolation')
      USING ERRCODE = 'feature_not_supported', HINT = 'Use READ COMMITTED.';
  END IF;
END $$;

COMMENT ON FUNCTION daybook_require_read_committed IS 'Refuses any other isolation level';
REVOKE ALL ON FUNCTION daybook_require_read_committed FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_require_read_committed TO app_finance, app_write;
