CREATE OR REPLACE FUNCTION daybook_add_adjustments(p_ids bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  chosen text := pg_catalog.format('adjustment_id = ANY (%L) AND billing_month = charge_month', p_ids);
BEGIN
  PERFORM daybook_add_costs('costs_daily', 'SELECT charge_day AS day, * FROM cost_adjustments WHERE ' || chosen);
  PERFORM daybook_add_costs('costs_monthly', 'SELECT charge_month AS month, * FROM cost_adjustments WHERE ' || chosen);
END $$;

COMMENT ON FUNCTION daybook_add_adjustments IS 'Adds adjustments that are no corrections to costs_daily and costs_monthly';
REVOKE ALL ON FUNCTION daybook_add_adjustments FROM PUBLIC;
