CREATE OR REPLACE FUNCTION daybook_share_books() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM daybook_require_read_committed();
  LOCK TABLE billing_periods IN ROW EXCLUSIVE MODE;
END $$;

COMMENT ON FUNCTION daybook_share_books IS 'Keeps months open or closed as they are until the end of the transaction';
REVOKE ALL ON FUNCTION daybook_share_books FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_share_books TO app_finance, app_write;
