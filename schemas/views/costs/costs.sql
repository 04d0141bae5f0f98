CREATE OR REPLACE VIEW costs AS
SELECT 'day' AS granularity, day AS period_start, day + 1 AS period_end,
       tenant_id, project_id, provider, model, service_tier, currency, cost, records,
       failed_records, unpriced_records, input_tokens, output_tokens, cache_read_input_tokens,
       cache_creation_input_tokens, reasoning_output_tokens, updated_at, estimated_records, estimated_cost
FROM costs_daily
UNION ALL
SELECT 'month', month, (month + interval '1 month')::date,
       tenant_id, project_id, provider, model, service_tier, currency, cost, records,
       failed_records, unpriced_records, input_tokens, output_tokens, cache_read_input_tokens,
       cache_creation_input_tokens, reasoning_output_tokens, updated_at, estimated_records, estimated_cost
FROM costs_monthly;

COMMENT ON VIEW costs IS 'Both cost tables in one shape: choose a granularity before summing. Corrections of closed months are not in it: see schema reporting';
COMMENT ON COLUMN costs.granularity IS 'day or month';
COMMENT ON COLUMN costs.period_start IS 'First billing day of the period';
COMMENT ON COLUMN costs.period_end IS 'First billing day after the period';
COMMENT ON COLUMN costs.tenant_id IS 'Tenant that pays';
COMMENT ON COLUMN costs.project_id IS 'Project of the tenant; '''' when the record names none';
COMMENT ON COLUMN costs.provider IS 'Provider of the model';
COMMENT ON COLUMN costs.model IS 'Model that answered, or else the model asked for';
COMMENT ON COLUMN costs.service_tier IS 'Service tier';
COMMENT ON COLUMN costs.currency IS 'ISO 4217 code of cost; XXX for records without a cost';
COMMENT ON COLUMN costs.cost IS 'Sum of the records'' costs in units of currency, exact';
COMMENT ON COLUMN costs.records IS 'Number of records';
COMMENT ON COLUMN costs.failed_records IS 'Number of records with status failure; part of records';
COMMENT ON COLUMN costs.unpriced_records IS 'Number of records without a cost; part of records';
COMMENT ON COLUMN costs.input_tokens IS 'Tokens, cached ones included';
COMMENT ON COLUMN costs.output_tokens IS 'Tokens, reasoning included';
COMMENT ON COLUMN costs.cache_read_input_tokens IS 'Tokens read from a cache; part of input_tokens';
COMMENT ON COLUMN costs.cache_creation_input_tokens IS 'Tokens written to a cache; part of input_tokens';
COMMENT ON COLUMN costs.reasoning_output_tokens IS 'Tokens of reasoning; part of output_tokens';
COMMENT ON COLUMN costs.updated_at IS 'When a batch added to the row last, UTC';
COMMENT ON COLUMN costs.estimated_records IS 'Number of records whose tokens the source estimated; part of records';
COMMENT ON COLUMN costs.estimated_cost IS 'What these cost, exact; part of cost';
GRANT SELECT ON costs TO app_read, app_finance, app_audit_read;
