-- Ahead of the first row: else a change that stays open across a close would end in a closed month.
CREATE OR REPLACE FUNCTION daybook_share_books_first() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM daybook_share_books();
  RETURN NULL;
END $$;

COMMENT ON FUNCTION daybook_share_books_first IS 'Trigger: what a statement finds open or closed stays so until its transaction ends';
REVOKE ALL ON FUNCTION daybook_share_books_first FROM PUBLIC;

CREATE OR REPLACE TRIGGER share_books BEFORE INSERT ON cost_adjustments
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_share_books_first();
ALTER TABLE cost_adjustments ENABLE ALWAYS TRIGGER share_books;
CREATE OR REPLACE TRIGGER share_books BEFORE INSERT OR UPDATE OR DELETE ON costs_daily
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_share_books_first();
CREATE OR REPLACE TRIGGER share_books BEFORE INSERT OR UPDATE OR DELETE ON costs_monthly
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_share_books_first();
