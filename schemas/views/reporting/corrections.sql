CREATE OR REPLACE VIEW reporting.corrections AS
SELECT a.adjustment_id AS correction_id, a.kind, a.created_at, a.created_by, a.reason, a.tenant_id,
       t.display_name AS tenant_name, t.payer, a.charge_day, a.charge_month, a.billing_month, a.time_zone,
       nullif(a.project_id, '') AS project_id, a.provider, a.model, a.service_tier,
         nullif(a.currency, 'XXX') AS currency,
       a.cost, a.records AS requests, a.failed_records AS failed_requests, a.unpriced_records AS unpriced_requests,
       a.input_tokens, a.output_tokens, a.cache_read_input_tokens, a.cache_creation_input_tokens,
         a.reasoning_output_tokens,
       a.batch_id, a.run_id, a.occurred_at, a.invocation_id, a.from_price_version, a.to_price_version,
       (SELECT max(o.updated_at) FROM ingest_offsets o WHERE o.cluster_id <> 'daybook') AS data_as_of,
       a.estimated_records AS estimated_requests, a.estimated_cost
  FROM cost_adjustments a LEFT JOIN tenants t USING (tenant_id)
 WHERE a.billing_month <> a.charge_month;

COMMENT ON VIEW reporting.corrections IS 'Signed cost of closed months, each line with its origin';
COMMENT ON COLUMN reporting.corrections.correction_id IS 'cost_adjustments.adjustment_id';
COMMENT ON COLUMN reporting.corrections.kind IS 'late: records that came after their month was closed; reprice: a price was wrong or missing';
COMMENT ON COLUMN reporting.corrections.created_at IS 'UTC';
COMMENT ON COLUMN reporting.corrections.created_by IS 'Login role';
COMMENT ON COLUMN reporting.corrections.reason IS 'Why, in words';
COMMENT ON COLUMN reporting.corrections.tenant_id IS 'Tenant that pays';
COMMENT ON COLUMN reporting.corrections.tenant_name IS 'Name of the tenant';
COMMENT ON COLUMN reporting.corrections.payer IS 'Account that pays for the tenant';
COMMENT ON COLUMN reporting.corrections.charge_day IS 'Billing day on which the cost was incurred, in time_zone';
COMMENT ON COLUMN reporting.corrections.charge_month IS 'Month in which the cost was incurred, first day, in the tenant''s zone';
COMMENT ON COLUMN reporting.corrections.billing_month IS 'Month in which the cost is billed, first day';
COMMENT ON COLUMN reporting.corrections.time_zone IS 'Zone of the tenant''s billing days';
COMMENT ON COLUMN reporting.corrections.project_id IS 'Project of the tenant; null when the record names none';
COMMENT ON COLUMN reporting.corrections.provider IS 'Provider of the model';
COMMENT ON COLUMN reporting.corrections.model IS 'Model that answered, or else the model asked for';
COMMENT ON COLUMN reporting.corrections.service_tier IS 'Service tier';
COMMENT ON COLUMN reporting.corrections.currency IS 'ISO 4217 code; null where there is no cost';
COMMENT ON COLUMN reporting.corrections.cost IS 'Exact sum in units of currency; never add amounts of different currencies';
COMMENT ON COLUMN reporting.corrections.requests IS 'Number of calls';
COMMENT ON COLUMN reporting.corrections.failed_requests IS 'Number of failed calls; part of requests';
COMMENT ON COLUMN reporting.corrections.unpriced_requests IS 'Number of calls without a cost; part of requests';
COMMENT ON COLUMN reporting.corrections.input_tokens IS 'Tokens, cached ones included';
COMMENT ON COLUMN reporting.corrections.output_tokens IS 'Tokens, reasoning included';
COMMENT ON COLUMN reporting.corrections.cache_read_input_tokens IS 'Tokens read from a cache; part of input_tokens';
COMMENT ON COLUMN reporting.corrections.cache_creation_input_tokens IS 'Tokens written to a cache; part of input_tokens';
COMMENT ON COLUMN reporting.corrections.reasoning_output_tokens IS 'Tokens of reasoning; part of output_tokens';
COMMENT ON COLUMN reporting.corrections.batch_id IS 'Batch that brought late records';
COMMENT ON COLUMN reporting.corrections.run_id IS 'Run of daybook reprice';
COMMENT ON COLUMN reporting.corrections.occurred_at IS 'Of the repriced record';
COMMENT ON COLUMN reporting.corrections.invocation_id IS 'Of the repriced record';
COMMENT ON COLUMN reporting.corrections.from_price_version IS 'Price before';
COMMENT ON COLUMN reporting.corrections.to_price_version IS 'Price from then on';
COMMENT ON COLUMN reporting.corrections.data_as_of IS 'Commit of the last batch that is in the data, UTC';
COMMENT ON COLUMN reporting.corrections.estimated_requests IS 'Signed number of calls whose tokens the source estimated; part of requests';
COMMENT ON COLUMN reporting.corrections.estimated_cost IS 'Signed; part of cost';
GRANT SELECT ON reporting.corrections TO app_read, app_finance, app_audit_read;
