CREATE OR REPLACE FUNCTION daybook_refuse_closed_months() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  open_from date := daybook_first_open_month();
BEGIN
  IF open_from > '-infinity' AND EXISTS (SELECT FROM touched WHERE month < open_from) THEN
    RAISE EXCEPTION 'months before % are closed', open_from USING ERRCODE = 'insufficient_privilege',
      HINT = 'What changes their cost is an adjustment; see daybook periods reopen.';
  END IF;
  RETURN NULL;
END $$;

COMMENT ON FUNCTION daybook_refuse_closed_months IS 'Trigger: closed months do not change';
REVOKE ALL ON FUNCTION daybook_refuse_closed_months FROM PUBLIC;

CREATE OR REPLACE TRIGGER refuse_closed_insert AFTER INSERT ON costs_monthly REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_closed_months();
CREATE OR REPLACE TRIGGER refuse_closed_update AFTER UPDATE ON costs_monthly REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_closed_months();
CREATE OR REPLACE TRIGGER refuse_closed_delete AFTER DELETE ON costs_monthly REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_closed_months();
-- A row must not move into a closed month either; its key is otherwise never updated.
CREATE OR REPLACE TRIGGER refuse_closed_move AFTER UPDATE ON costs_monthly REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_closed_months();
