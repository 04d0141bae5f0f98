SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

DROP VIEW reporting.model_prices;
DROP VIEW reporting.billing_periods;
DROP VIEW reporting.statements;
DROP VIEW reporting.corrections;
DROP VIEW reporting.unpriced_requests;
DROP VIEW reporting.costs_by_model;
DROP VIEW reporting.costs_by_project;
DROP VIEW reporting.costs_by_charge_period;
DROP VIEW reporting.costs_by_billing_period;
DROP VIEW reporting.monthly_costs;
DROP VIEW reporting.daily_costs;
REVOKE ALL ON SCHEMA reporting FROM app_read, app_finance, app_audit_read;
-- Views that somebody else put there keep the schema.
DO $$
BEGIN
  DROP SCHEMA reporting RESTRICT;
EXCEPTION WHEN dependent_objects_still_exist THEN
  RAISE NOTICE 'schema reporting stays: %', SQLERRM;
END $$;
