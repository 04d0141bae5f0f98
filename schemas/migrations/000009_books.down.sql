-- Adjustments and statements are money: while there are any, this does not go down.
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

DO $$
BEGIN
  IF EXISTS (SELECT FROM statements) OR EXISTS (SELECT FROM cost_adjustments) OR EXISTS (SELECT FROM tenants)
     OR EXISTS (SELECT FROM billing_journal) THEN
    RAISE EXCEPTION 'there are statements, adjustments, tenants or journal entries'
      USING HINT = 'Export and keep them elsewhere, and drop their tables by hand, if they really must go.';
  END IF;
END $$;

REVOKE ALL ON SCHEMA reporting FROM app_read, app_finance, app_audit_read;
-- Views that somebody else put there keep the schema.
DO $$
BEGIN
  DROP SCHEMA reporting RESTRICT;
EXCEPTION WHEN dependent_objects_still_exist THEN
  RAISE NOTICE 'schema reporting stays: %', SQLERRM;
END $$;

DO $$
DECLARE
  guard record;
BEGIN
  FOR guard IN SELECT tgname, tgrelid::regclass AS guarded FROM pg_trigger
                WHERE tgrelid IN ('costs_daily'::regclass, 'costs_monthly'::regclass) AND NOT tgisinternal LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', guard.tgname, guard.guarded);
  END LOOP;
END $$;
ALTER TABLE costs_daily DROP COLUMN time_zone;
ALTER TABLE costs_monthly DROP COLUMN time_zone;
DROP INDEX costs_daily_day;
DROP INDEX costs_monthly_month;
DROP TABLE reconciliation_drift;
DROP TABLE reconciliations;
DROP TABLE cost_adjustments;
DROP TABLE reprice_runs;
DROP TABLE statement_lines;
DROP TABLE statements;
DROP TABLE billing_journal;
DROP TABLE billing_periods;
DROP TABLE tenant_time_zones;
DROP TABLE tenants;
DROP TABLE currencies;
DROP FUNCTION IF EXISTS daybook_refuse_drift_change(), daybook_check_period(), daybook_check_adjustment(),
  daybook_share_books_first(), daybook_refuse_closed(), daybook_check_reconciliation();
COMMENT ON TABLE costs_daily IS 'Cost and usage per tenant and UTC day, added to in the transaction that stores the records; amounts of different currencies are never added.';
COMMENT ON TABLE costs_monthly IS 'Cost and usage per tenant and UTC month, added to in the transaction that stores the records; amounts of different currencies are never added.';
COMMENT ON COLUMN costs_daily.day IS 'UTC day of occurred_at';
COMMENT ON COLUMN costs_monthly.month IS 'First day of the UTC month of occurred_at';

REVOKE SELECT ON costs_daily, costs_monthly, ingest_offsets, ingest_batches, partition_policies, partition_retirements
  FROM app_finance;
REVOKE SELECT (tenant_id, occurred_at, invocation_id, project_id, provider, operation, request_model, response_model,
  service_tier, status, input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
  cache_creation_1h_input_tokens, reasoning_output_tokens, audio_input_tokens, audio_output_tokens, cost, currency,
  cost_source, price_version, ingested_at, source_topic, source_partition, source_offset, region) ON invocations
    FROM app_finance;
