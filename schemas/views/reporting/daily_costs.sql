CREATE OR REPLACE VIEW reporting.daily_costs AS
SELECT d.tenant_id, t.display_name AS tenant_name, t.payer, d.day AS charge_day,
       date_trunc('month', d.day::timestamp)::date AS billing_month, d.time_zone, NULL::text AS charge_class,
       nullif(d.project_id, '') AS project_id, d.provider, d.model, d.service_tier,
         nullif(d.currency, 'XXX') AS currency,
       d.cost, d.records AS requests, d.failed_records AS failed_requests, d.unpriced_records AS unpriced_requests,
       d.input_tokens, d.output_tokens, d.cache_read_input_tokens, d.cache_creation_input_tokens,
         d.reasoning_output_tokens,
       d.day < (SELECT daybook_first_open_month()) AS is_final, d.updated_at,
       (SELECT max(o.updated_at) FROM ingest_offsets o WHERE o.cluster_id <> 'daybook') AS data_as_of,
       d.estimated_records AS estimated_requests, d.estimated_cost
  FROM costs_daily d LEFT JOIN tenants t USING (tenant_id)
UNION ALL
SELECT a.tenant_id, t.display_name, t.payer, a.charge_day, a.billing_month, a.time_zone, 'Correction',
       nullif(a.project_id, '') AS project_id, a.provider, a.model, a.service_tier,
         nullif(a.currency, 'XXX') AS currency,
       a.cost, a.records AS requests, a.failed_records AS failed_requests, a.unpriced_records AS unpriced_requests,
       a.input_tokens, a.output_tokens, a.cache_read_input_tokens, a.cache_creation_input_tokens,
         a.reasoning_output_tokens,
       a.billing_month < (SELECT daybook_first_open_month()), a.created_at,
       (SELECT max(o.updated_at) FROM ingest_offsets o WHERE o.cluster_id <> 'daybook') AS data_as_of,
       a.estimated_records, a.estimated_cost
  FROM cost_adjustments a LEFT JOIN tenants t USING (tenant_id)
 WHERE a.billing_month <> a.charge_month;

COMMENT ON VIEW reporting.daily_costs IS 'Cost and usage by tenant, day, project, model, tier and currency, corrections as rows of their own: sum what you need, and select days by charge_day, which has an index';
COMMENT ON COLUMN reporting.daily_costs.tenant_id IS 'Tenant that pays';
COMMENT ON COLUMN reporting.daily_costs.tenant_name IS 'Name of the tenant';
COMMENT ON COLUMN reporting.daily_costs.payer IS 'Account that pays for the tenant';
COMMENT ON COLUMN reporting.daily_costs.charge_day IS 'Billing day on which the cost was incurred, in time_zone';
COMMENT ON COLUMN reporting.daily_costs.billing_month IS 'Month in which the cost is billed, first day';
COMMENT ON COLUMN reporting.daily_costs.time_zone IS 'Zone of the tenant''s billing days';
COMMENT ON COLUMN reporting.daily_costs.charge_class IS 'Correction: cost of a closed month, billed in a later one; else null';
COMMENT ON COLUMN reporting.daily_costs.project_id IS 'Project of the tenant; null when the record names none';
COMMENT ON COLUMN reporting.daily_costs.provider IS 'Provider of the model';
COMMENT ON COLUMN reporting.daily_costs.model IS 'Model that answered, or else the model asked for';
COMMENT ON COLUMN reporting.daily_costs.service_tier IS 'Service tier';
COMMENT ON COLUMN reporting.daily_costs.currency IS 'ISO 4217 code; null where there is no cost';
COMMENT ON COLUMN reporting.daily_costs.cost IS 'Exact sum in units of currency; never add amounts of different currencies';
COMMENT ON COLUMN reporting.daily_costs.requests IS 'Number of calls';
COMMENT ON COLUMN reporting.daily_costs.failed_requests IS 'Number of failed calls; part of requests';
COMMENT ON COLUMN reporting.daily_costs.unpriced_requests IS 'Number of calls without a cost; part of requests';
COMMENT ON COLUMN reporting.daily_costs.input_tokens IS 'Tokens, cached ones included';
COMMENT ON COLUMN reporting.daily_costs.output_tokens IS 'Tokens, reasoning included';
COMMENT ON COLUMN reporting.daily_costs.cache_read_input_tokens IS 'Tokens read from a cache; part of input_tokens';
COMMENT ON COLUMN reporting.daily_costs.cache_creation_input_tokens IS 'Tokens written to a cache; part of input_tokens';
COMMENT ON COLUMN reporting.daily_costs.reasoning_output_tokens IS 'Tokens of reasoning; part of output_tokens';
COMMENT ON COLUMN reporting.daily_costs.is_final IS 'Whether billing_month is closed: cost and counts do not change any more; names are those of today, statements keep theirs';
COMMENT ON COLUMN reporting.daily_costs.updated_at IS 'When the row changed last, UTC';
COMMENT ON COLUMN reporting.daily_costs.data_as_of IS 'Commit of the last batch that is in the data, UTC';
COMMENT ON COLUMN reporting.daily_costs.estimated_requests IS 'Number of calls whose tokens the source estimated; part of requests';
COMMENT ON COLUMN reporting.daily_costs.estimated_cost IS 'What these cost, exact; part of cost';
GRANT SELECT ON reporting.daily_costs TO app_read, app_finance, app_audit_read;
