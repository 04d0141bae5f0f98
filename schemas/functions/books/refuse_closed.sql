-- Once for each statement, over the rows that it touched: no program can change a closed month, whatever its rights.
-- The argument of the trigger is the column that tells the month.
CREATE OR REPLACE FUNCTION daybook_refuse_closed() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  open_from date := daybook_first_open_month();
  is_closed boolean;
BEGIN
  IF open_from = '-infinity' THEN
    RETURN NULL;
  END IF;
  EXECUTE pg_catalog.format('SELECT EXISTS (SELECT FROM touched WHERE %I < $1)', TG_ARGV[0])
    INTO is_closed USING open_from;
  IF is_closed THEN
    RAISE EXCEPTION '%s before % are closed', TG_ARGV[0], open_from USING ERRCODE = 'insufficient_privilege',
      HINT = 'What changes their cost is an adjustment; see daybook periods reopen.';
  END IF;
  RETURN NULL;
END $$;

COMMENT ON FUNCTION daybook_refuse_closed IS 'Trigger: days and months that are closed do not change';
REVOKE ALL ON FUNCTION daybook_refuse_closed FROM PUBLIC;

DO $$
DECLARE
  rollup record;
  change record;
BEGIN
  FOR rollup IN SELECT * FROM (VALUES ('costs_daily', 'day'), ('costs_monthly', 'month')) AS r(name, period) LOOP
    -- The last: a row must not move into a closed month either; its key is otherwise never updated.
    FOR change IN SELECT * FROM (VALUES ('insert', 'INSERT', 'NEW'), ('update', 'UPDATE', 'OLD'),
                                   ('delete', 'DELETE', 'OLD'), ('move', 'UPDATE', 'NEW')) AS c(name, event, image) LOOP
      EXECUTE format('CREATE OR REPLACE TRIGGER refuse_closed_%s AFTER %s ON %I REFERENCING %s TABLE AS touched'
                     ' FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_closed(%L)',
                     change.name, change.event, rollup.name, change.image, rollup.period);
    END LOOP;
  END LOOP;
END $$;
