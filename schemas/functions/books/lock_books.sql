CREATE OR REPLACE FUNCTION daybook_lock_books() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM daybook_require_read_committed();
  LOCK TABLE billing_periods IN SHARE ROW EXCLUSIVE MODE;
END $$;

COMMENT ON FUNCTION daybook_lock_books IS 'Waits until no transaction changes a month, and lets none in until the end of this one';
REVOKE ALL ON FUNCTION daybook_lock_books FROM PUBLIC;
