-- What records say about their usage is lost, and so is how much of a cost rests on it; costs stay what they are.
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

REVOKE SELECT ON unknown_field_days FROM app_read, app_maintain;
-- In the order of the way up.
ALTER TABLE reconciliation_drift DROP COLUMN estimated_records, DROP COLUMN estimated_cost;
ALTER TABLE invocations DROP COLUMN usage_source;
ALTER TABLE cost_adjustments DROP COLUMN estimated_records, DROP COLUMN estimated_cost;
ALTER TABLE costs_monthly DROP COLUMN estimated_records, DROP COLUMN estimated_cost;
ALTER TABLE costs_daily DROP COLUMN estimated_records, DROP COLUMN estimated_cost;
