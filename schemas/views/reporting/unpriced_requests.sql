CREATE OR REPLACE VIEW reporting.unpriced_requests AS
SELECT tenant_id, tenant_name, payer, charge_month, provider, model, service_tier,
       sum(unpriced_requests)::bigint AS unpriced_requests, sum(failed_requests)::bigint AS failed_requests,
       sum(input_tokens)::bigint AS input_tokens, sum(output_tokens)::bigint AS output_tokens,
         max(data_as_of) AS data_as_of
  FROM reporting.monthly_costs WHERE currency IS NULL
 GROUP BY tenant_id, tenant_name, payer, charge_month, provider, model, service_tier HAVING sum(unpriced_requests) <> 0;

COMMENT ON VIEW reporting.unpriced_requests IS 'Calls whose cost is not known: no producer gave one and no price was in the catalogue';
COMMENT ON COLUMN reporting.unpriced_requests.tenant_id IS 'Tenant that pays';
COMMENT ON COLUMN reporting.unpriced_requests.tenant_name IS 'Name of the tenant';
COMMENT ON COLUMN reporting.unpriced_requests.payer IS 'Account that pays for the tenant';
COMMENT ON COLUMN reporting.unpriced_requests.charge_month IS 'Month in which the cost was incurred, first day, in the tenant''s zone';
COMMENT ON COLUMN reporting.unpriced_requests.provider IS 'Provider of the model';
COMMENT ON COLUMN reporting.unpriced_requests.model IS 'Model that answered, or else the model asked for';
COMMENT ON COLUMN reporting.unpriced_requests.service_tier IS 'Service tier';
COMMENT ON COLUMN reporting.unpriced_requests.unpriced_requests IS 'Number of calls without a cost';
COMMENT ON COLUMN reporting.unpriced_requests.failed_requests IS 'Number of failed calls among them';
COMMENT ON COLUMN reporting.unpriced_requests.input_tokens IS 'Tokens, cached ones included';
COMMENT ON COLUMN reporting.unpriced_requests.output_tokens IS 'Tokens, reasoning included';
COMMENT ON COLUMN reporting.unpriced_requests.data_as_of IS 'Commit of the last batch that is in the data, UTC';
GRANT SELECT ON reporting.unpriced_requests TO app_read, app_finance, app_audit_read;
