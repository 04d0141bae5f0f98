-- Once for each statement, over the rows that it touched: no program can change a closed month, whatever its rights.
CREATE OR REPLACE FUNCTION daybook_refuse_closed_days() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  open_from date := daybook_first_open_month();
BEGIN
  IF open_from > '-infinity' AND EXISTS (SELECT FROM touched WHERE day < open_from) THEN
    RAISE EXCEPTION 'days before % are closed', open_from USING ERRCODE = 'insufficient_privilege',
      HINT = 'What changes their cost is an adjustment; see daybook periods reopen.';
  END IF;
  RETURN NULL;
END $$;

COMMENT ON FUNCTION daybook_refuse_closed_days IS 'Trigger: days of closed months do not change';
REVOKE ALL ON FUNCTION daybook_refuse_closed_days FROM PUBLIC;

CREATE OR REPLACE TRIGGER refuse_closed_insert AFTER INSERT ON costs_daily REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_closed_days();
CREATE OR REPLACE TRIGGER refuse_closed_update AFTER UPDATE ON costs_daily REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_closed_days();
CREATE OR REPLACE TRIGGER refuse_closed_delete AFTER DELETE ON costs_daily REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_closed_days();
-- A row must not move into a closed month either; its key is otherwise never updated.
CREATE OR REPLACE TRIGGER refuse_closed_move AFTER UPDATE ON costs_daily REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_closed_days();
