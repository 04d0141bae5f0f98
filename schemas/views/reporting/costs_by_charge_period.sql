CREATE OR REPLACE VIEW reporting.costs_by_charge_period AS
SELECT tenant_id, tenant_name, payer, charge_month, currency,
       sum(cost) AS cost, sum(requests)::bigint AS requests, sum(failed_requests)::bigint AS failed_requests,
       sum(unpriced_requests)::bigint AS unpriced_requests, sum(input_tokens)::bigint AS input_tokens,
       sum(output_tokens)::bigint AS output_tokens, sum(cache_read_input_tokens)::bigint AS cache_read_input_tokens,
       sum(cache_creation_input_tokens)::bigint AS cache_creation_input_tokens,
       sum(reasoning_output_tokens)::bigint AS reasoning_output_tokens, max(data_as_of) AS data_as_of,
       sum(estimated_requests)::bigint AS estimated_requests, sum(estimated_cost) AS estimated_cost
  FROM reporting.monthly_costs
 GROUP BY tenant_id, tenant_name, payer, charge_month, currency;

COMMENT ON VIEW reporting.costs_by_charge_period IS 'What each tenant''s calls cost, by the month in which they were made, and currency';
COMMENT ON COLUMN reporting.costs_by_charge_period.tenant_id IS 'Tenant that pays';
COMMENT ON COLUMN reporting.costs_by_charge_period.tenant_name IS 'Name of the tenant';
COMMENT ON COLUMN reporting.costs_by_charge_period.payer IS 'Account that pays for the tenant';
COMMENT ON COLUMN reporting.costs_by_charge_period.charge_month IS 'Month in which the cost was incurred, first day, in the tenant''s zone';
COMMENT ON COLUMN reporting.costs_by_charge_period.currency IS 'ISO 4217 code; null where there is no cost';
COMMENT ON COLUMN reporting.costs_by_charge_period.cost IS 'Exact sum in units of currency; never add amounts of different currencies';
COMMENT ON COLUMN reporting.costs_by_charge_period.requests IS 'Number of calls';
COMMENT ON COLUMN reporting.costs_by_charge_period.failed_requests IS 'Number of failed calls; part of requests';
COMMENT ON COLUMN reporting.costs_by_charge_period.unpriced_requests IS 'Number of calls without a cost; part of requests';
COMMENT ON COLUMN reporting.costs_by_charge_period.input_tokens IS 'Tokens, cached ones included';
COMMENT ON COLUMN reporting.costs_by_charge_period.output_tokens IS 'Tokens, reasoning included';
COMMENT ON COLUMN reporting.costs_by_charge_period.cache_read_input_tokens IS 'Tokens read from a cache; part of input_tokens';
COMMENT ON COLUMN reporting.costs_by_charge_period.cache_creation_input_tokens IS 'Tokens written to a cache; part of input_tokens';
COMMENT ON COLUMN reporting.costs_by_charge_period.reasoning_output_tokens IS 'Tokens of reasoning; part of output_tokens';
COMMENT ON COLUMN reporting.costs_by_charge_period.data_as_of IS 'Commit of the last batch that is in the data, UTC';
COMMENT ON COLUMN reporting.costs_by_charge_period.estimated_requests IS 'Number of calls whose tokens the source estimated; part of requests';
COMMENT ON COLUMN reporting.costs_by_charge_period.estimated_cost IS 'What these cost, exact; part of cost';
GRANT SELECT ON reporting.costs_by_charge_period TO app_read, app_finance, app_audit_read;
