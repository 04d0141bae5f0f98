-- Where a line is billed is not for the writer to say.
CREATE OR REPLACE FUNCTION daybook_check_adjustment() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF NEW.billing_month <> greatest(pg_catalog.date_trunc('month', NEW.charge_day::timestamp)::date,
    daybook_first_open_month()) THEN
    RAISE EXCEPTION 'an adjustment of % cannot be billed in %', NEW.charge_day,
      pg_catalog.to_char(NEW.billing_month, 'YYYY-MM')
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

COMMENT ON FUNCTION daybook_check_adjustment IS 'Trigger: a line is billed in its own month while that is open, else in the first open one';
REVOKE ALL ON FUNCTION daybook_check_adjustment FROM PUBLIC;

CREATE OR REPLACE TRIGGER check_billing_month BEFORE INSERT ON cost_adjustments
  FOR EACH ROW EXECUTE FUNCTION daybook_check_adjustment();
ALTER TABLE cost_adjustments ENABLE ALWAYS TRIGGER check_billing_month;
