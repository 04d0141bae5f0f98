-- What finance reads: stable names, no partitions, on the primary or a replica. The names do not depend on the schema that
-- Daybook is installed in.
DO $$
BEGIN
  IF to_regnamespace('reporting') IS NULL THEN
    CREATE SCHEMA reporting AUTHORIZATION app_owner;
  END IF;
END $$;
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
COMMENT ON SCHEMA reporting IS 'Views of Daybook for finance: psql, spreadsheets, BI tools';

CREATE VIEW reporting.daily_costs AS
SELECT d.tenant_id, t.display_name AS tenant_name, t.payer, d.day AS charge_day,
       date_trunc('month', d.day::timestamp)::date AS billing_month, d.time_zone, NULL::text AS charge_class,
       nullif(d.project_id, '') AS project_id, d.provider, d.model, d.service_tier, nullif(d.currency, 'XXX') AS currency,
       d.cost, d.records AS requests, d.failed_records AS failed_requests, d.unpriced_records AS unpriced_requests,
       d.input_tokens, d.output_tokens, d.cache_read_input_tokens, d.cache_creation_input_tokens, d.reasoning_output_tokens,
       d.day < (SELECT daybook_first_open_month()) AS is_final, d.updated_at,
       (SELECT max(o.updated_at) FROM ingest_offsets o WHERE o.cluster_id <> 'daybook') AS data_as_of
  FROM costs_daily d LEFT JOIN tenants t USING (tenant_id)
UNION ALL
SELECT a.tenant_id, t.display_name, t.payer, a.charge_day, a.billing_month, a.time_zone, 'Correction',
       nullif(a.project_id, '') AS project_id, a.provider, a.model, a.service_tier, nullif(a.currency, 'XXX') AS currency,
       a.cost, a.records AS requests, a.failed_records AS failed_requests, a.unpriced_records AS unpriced_requests,
       a.input_tokens, a.output_tokens, a.cache_read_input_tokens, a.cache_creation_input_tokens, a.reasoning_output_tokens,
       a.billing_month < (SELECT daybook_first_open_month()), a.created_at,
       (SELECT max(o.updated_at) FROM ingest_offsets o WHERE o.cluster_id <> 'daybook') AS data_as_of
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

CREATE VIEW reporting.monthly_costs AS
SELECT m.tenant_id, t.display_name AS tenant_name, t.payer, m.month AS charge_month, m.month AS billing_month,
       m.time_zone, NULL::text AS charge_class,
       nullif(m.project_id, '') AS project_id, m.provider, m.model, m.service_tier, nullif(m.currency, 'XXX') AS currency,
       m.cost, m.records AS requests, m.failed_records AS failed_requests, m.unpriced_records AS unpriced_requests,
       m.input_tokens, m.output_tokens, m.cache_read_input_tokens, m.cache_creation_input_tokens, m.reasoning_output_tokens,
       m.month < (SELECT daybook_first_open_month()) AS is_final, m.updated_at,
       (SELECT max(o.updated_at) FROM ingest_offsets o WHERE o.cluster_id <> 'daybook') AS data_as_of
  FROM costs_monthly m LEFT JOIN tenants t USING (tenant_id)
UNION ALL
SELECT a.tenant_id, t.display_name, t.payer, a.charge_month, a.billing_month, a.time_zone, 'Correction',
       nullif(a.project_id, '') AS project_id, a.provider, a.model, a.service_tier, nullif(a.currency, 'XXX') AS currency,
       a.cost, a.records AS requests, a.failed_records AS failed_requests, a.unpriced_records AS unpriced_requests,
       a.input_tokens, a.output_tokens, a.cache_read_input_tokens, a.cache_creation_input_tokens, a.reasoning_output_tokens,
       a.billing_month < (SELECT daybook_first_open_month()), a.created_at,
       (SELECT max(o.updated_at) FROM ingest_offsets o WHERE o.cluster_id <> 'daybook') AS data_as_of
  FROM cost_adjustments a LEFT JOIN tenants t USING (tenant_id)
 WHERE a.billing_month <> a.charge_month;
COMMENT ON VIEW reporting.monthly_costs IS 'Cost and usage by tenant, month, project, model, tier and currency, corrections as rows of their own: sum by charge_month or by billing_month';
COMMENT ON COLUMN reporting.monthly_costs.tenant_id IS 'Tenant that pays';
COMMENT ON COLUMN reporting.monthly_costs.tenant_name IS 'Name of the tenant';
COMMENT ON COLUMN reporting.monthly_costs.payer IS 'Account that pays for the tenant';
COMMENT ON COLUMN reporting.monthly_costs.charge_month IS 'Month in which the cost was incurred, first day, in the tenant''s zone';
COMMENT ON COLUMN reporting.monthly_costs.billing_month IS 'Month in which the cost is billed, first day';
COMMENT ON COLUMN reporting.monthly_costs.time_zone IS 'Zone of the tenant''s billing days';
COMMENT ON COLUMN reporting.monthly_costs.charge_class IS 'Correction: cost of a closed month, billed in a later one; else null';
COMMENT ON COLUMN reporting.monthly_costs.project_id IS 'Project of the tenant; null when the record names none';
COMMENT ON COLUMN reporting.monthly_costs.provider IS 'Provider of the model';
COMMENT ON COLUMN reporting.monthly_costs.model IS 'Model that answered, or else the model asked for';
COMMENT ON COLUMN reporting.monthly_costs.service_tier IS 'Service tier';
COMMENT ON COLUMN reporting.monthly_costs.currency IS 'ISO 4217 code; null where there is no cost';
COMMENT ON COLUMN reporting.monthly_costs.cost IS 'Exact sum in units of currency; never add amounts of different currencies';
COMMENT ON COLUMN reporting.monthly_costs.requests IS 'Number of calls';
COMMENT ON COLUMN reporting.monthly_costs.failed_requests IS 'Number of failed calls; part of requests';
COMMENT ON COLUMN reporting.monthly_costs.unpriced_requests IS 'Number of calls without a cost; part of requests';
COMMENT ON COLUMN reporting.monthly_costs.input_tokens IS 'Tokens, cached ones included';
COMMENT ON COLUMN reporting.monthly_costs.output_tokens IS 'Tokens, reasoning included';
COMMENT ON COLUMN reporting.monthly_costs.cache_read_input_tokens IS 'Tokens read from a cache; part of input_tokens';
COMMENT ON COLUMN reporting.monthly_costs.cache_creation_input_tokens IS 'Tokens written to a cache; part of input_tokens';
COMMENT ON COLUMN reporting.monthly_costs.reasoning_output_tokens IS 'Tokens of reasoning; part of output_tokens';
COMMENT ON COLUMN reporting.monthly_costs.is_final IS 'Whether billing_month is closed: cost and counts do not change any more; names are those of today, statements keep theirs';
COMMENT ON COLUMN reporting.monthly_costs.updated_at IS 'When the row changed last, UTC';
COMMENT ON COLUMN reporting.monthly_costs.data_as_of IS 'Commit of the last batch that is in the data, UTC';

CREATE VIEW reporting.costs_by_billing_period AS
SELECT tenant_id, tenant_name, payer, billing_month, currency,
       sum(cost) AS cost, sum(requests)::bigint AS requests, sum(failed_requests)::bigint AS failed_requests,
       sum(unpriced_requests)::bigint AS unpriced_requests, sum(input_tokens)::bigint AS input_tokens,
       sum(output_tokens)::bigint AS output_tokens, sum(cache_read_input_tokens)::bigint AS cache_read_input_tokens,
       sum(cache_creation_input_tokens)::bigint AS cache_creation_input_tokens,
       sum(reasoning_output_tokens)::bigint AS reasoning_output_tokens, max(data_as_of) AS data_as_of
  FROM reporting.monthly_costs
 GROUP BY tenant_id, tenant_name, payer, billing_month, currency;
COMMENT ON VIEW reporting.costs_by_billing_period IS 'What each tenant is billed, by month and currency: charges of the month and corrections of closed ones';
COMMENT ON COLUMN reporting.costs_by_billing_period.tenant_id IS 'Tenant that pays';
COMMENT ON COLUMN reporting.costs_by_billing_period.tenant_name IS 'Name of the tenant';
COMMENT ON COLUMN reporting.costs_by_billing_period.payer IS 'Account that pays for the tenant';
COMMENT ON COLUMN reporting.costs_by_billing_period.billing_month IS 'Month in which the cost is billed, first day';
COMMENT ON COLUMN reporting.costs_by_billing_period.currency IS 'ISO 4217 code; null where there is no cost';
COMMENT ON COLUMN reporting.costs_by_billing_period.cost IS 'Exact sum in units of currency; never add amounts of different currencies';
COMMENT ON COLUMN reporting.costs_by_billing_period.requests IS 'Number of calls';
COMMENT ON COLUMN reporting.costs_by_billing_period.failed_requests IS 'Number of failed calls; part of requests';
COMMENT ON COLUMN reporting.costs_by_billing_period.unpriced_requests IS 'Number of calls without a cost; part of requests';
COMMENT ON COLUMN reporting.costs_by_billing_period.input_tokens IS 'Tokens, cached ones included';
COMMENT ON COLUMN reporting.costs_by_billing_period.output_tokens IS 'Tokens, reasoning included';
COMMENT ON COLUMN reporting.costs_by_billing_period.cache_read_input_tokens IS 'Tokens read from a cache; part of input_tokens';
COMMENT ON COLUMN reporting.costs_by_billing_period.cache_creation_input_tokens IS 'Tokens written to a cache; part of input_tokens';
COMMENT ON COLUMN reporting.costs_by_billing_period.reasoning_output_tokens IS 'Tokens of reasoning; part of output_tokens';
COMMENT ON COLUMN reporting.costs_by_billing_period.data_as_of IS 'Commit of the last batch that is in the data, UTC';

CREATE VIEW reporting.costs_by_charge_period AS
SELECT tenant_id, tenant_name, payer, charge_month, currency,
       sum(cost) AS cost, sum(requests)::bigint AS requests, sum(failed_requests)::bigint AS failed_requests,
       sum(unpriced_requests)::bigint AS unpriced_requests, sum(input_tokens)::bigint AS input_tokens,
       sum(output_tokens)::bigint AS output_tokens, sum(cache_read_input_tokens)::bigint AS cache_read_input_tokens,
       sum(cache_creation_input_tokens)::bigint AS cache_creation_input_tokens,
       sum(reasoning_output_tokens)::bigint AS reasoning_output_tokens, max(data_as_of) AS data_as_of
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

CREATE VIEW reporting.costs_by_project AS
SELECT tenant_id, tenant_name, payer, charge_month, project_id, currency,
       sum(cost) AS cost, sum(requests)::bigint AS requests, sum(failed_requests)::bigint AS failed_requests,
       sum(unpriced_requests)::bigint AS unpriced_requests, sum(input_tokens)::bigint AS input_tokens,
       sum(output_tokens)::bigint AS output_tokens, sum(cache_read_input_tokens)::bigint AS cache_read_input_tokens,
       sum(cache_creation_input_tokens)::bigint AS cache_creation_input_tokens,
       sum(reasoning_output_tokens)::bigint AS reasoning_output_tokens, max(data_as_of) AS data_as_of
  FROM reporting.monthly_costs
 GROUP BY tenant_id, tenant_name, payer, charge_month, project_id, currency;
COMMENT ON VIEW reporting.costs_by_project IS 'Cost and usage by project, by the month in which the calls were made';
COMMENT ON COLUMN reporting.costs_by_project.tenant_id IS 'Tenant that pays';
COMMENT ON COLUMN reporting.costs_by_project.tenant_name IS 'Name of the tenant';
COMMENT ON COLUMN reporting.costs_by_project.payer IS 'Account that pays for the tenant';
COMMENT ON COLUMN reporting.costs_by_project.charge_month IS 'Month in which the cost was incurred, first day, in the tenant''s zone';
COMMENT ON COLUMN reporting.costs_by_project.project_id IS 'Project of the tenant; null when the record names none';
COMMENT ON COLUMN reporting.costs_by_project.currency IS 'ISO 4217 code; null where there is no cost';
COMMENT ON COLUMN reporting.costs_by_project.cost IS 'Exact sum in units of currency; never add amounts of different currencies';
COMMENT ON COLUMN reporting.costs_by_project.requests IS 'Number of calls';
COMMENT ON COLUMN reporting.costs_by_project.failed_requests IS 'Number of failed calls; part of requests';
COMMENT ON COLUMN reporting.costs_by_project.unpriced_requests IS 'Number of calls without a cost; part of requests';
COMMENT ON COLUMN reporting.costs_by_project.input_tokens IS 'Tokens, cached ones included';
COMMENT ON COLUMN reporting.costs_by_project.output_tokens IS 'Tokens, reasoning included';
COMMENT ON COLUMN reporting.costs_by_project.cache_read_input_tokens IS 'Tokens read from a cache; part of input_tokens';
COMMENT ON COLUMN reporting.costs_by_project.cache_creation_input_tokens IS 'Tokens written to a cache; part of input_tokens';
COMMENT ON COLUMN reporting.costs_by_project.reasoning_output_tokens IS 'Tokens of reasoning; part of output_tokens';
COMMENT ON COLUMN reporting.costs_by_project.data_as_of IS 'Commit of the last batch that is in the data, UTC';

CREATE VIEW reporting.costs_by_model AS
SELECT tenant_id, tenant_name, payer, charge_month, provider, model, service_tier, currency,
       sum(cost) AS cost, sum(requests)::bigint AS requests, sum(failed_requests)::bigint AS failed_requests,
       sum(unpriced_requests)::bigint AS unpriced_requests, sum(input_tokens)::bigint AS input_tokens,
       sum(output_tokens)::bigint AS output_tokens, sum(cache_read_input_tokens)::bigint AS cache_read_input_tokens,
       sum(cache_creation_input_tokens)::bigint AS cache_creation_input_tokens,
       sum(reasoning_output_tokens)::bigint AS reasoning_output_tokens, max(data_as_of) AS data_as_of
  FROM reporting.monthly_costs
 GROUP BY tenant_id, tenant_name, payer, charge_month, provider, model, service_tier, currency;
COMMENT ON VIEW reporting.costs_by_model IS 'Cost and usage by model, by the month in which the calls were made';
COMMENT ON COLUMN reporting.costs_by_model.tenant_id IS 'Tenant that pays';
COMMENT ON COLUMN reporting.costs_by_model.tenant_name IS 'Name of the tenant';
COMMENT ON COLUMN reporting.costs_by_model.payer IS 'Account that pays for the tenant';
COMMENT ON COLUMN reporting.costs_by_model.charge_month IS 'Month in which the cost was incurred, first day, in the tenant''s zone';
COMMENT ON COLUMN reporting.costs_by_model.provider IS 'Provider of the model';
COMMENT ON COLUMN reporting.costs_by_model.model IS 'Model that answered, or else the model asked for';
COMMENT ON COLUMN reporting.costs_by_model.service_tier IS 'Service tier';
COMMENT ON COLUMN reporting.costs_by_model.currency IS 'ISO 4217 code; null where there is no cost';
COMMENT ON COLUMN reporting.costs_by_model.cost IS 'Exact sum in units of currency; never add amounts of different currencies';
COMMENT ON COLUMN reporting.costs_by_model.requests IS 'Number of calls';
COMMENT ON COLUMN reporting.costs_by_model.failed_requests IS 'Number of failed calls; part of requests';
COMMENT ON COLUMN reporting.costs_by_model.unpriced_requests IS 'Number of calls without a cost; part of requests';
COMMENT ON COLUMN reporting.costs_by_model.input_tokens IS 'Tokens, cached ones included';
COMMENT ON COLUMN reporting.costs_by_model.output_tokens IS 'Tokens, reasoning included';
COMMENT ON COLUMN reporting.costs_by_model.cache_read_input_tokens IS 'Tokens read from a cache; part of input_tokens';
COMMENT ON COLUMN reporting.costs_by_model.cache_creation_input_tokens IS 'Tokens written to a cache; part of input_tokens';
COMMENT ON COLUMN reporting.costs_by_model.reasoning_output_tokens IS 'Tokens of reasoning; part of output_tokens';
COMMENT ON COLUMN reporting.costs_by_model.data_as_of IS 'Commit of the last batch that is in the data, UTC';

CREATE VIEW reporting.unpriced_requests AS
SELECT tenant_id, tenant_name, payer, charge_month, provider, model, service_tier,
       sum(unpriced_requests)::bigint AS unpriced_requests, sum(failed_requests)::bigint AS failed_requests,
       sum(input_tokens)::bigint AS input_tokens, sum(output_tokens)::bigint AS output_tokens, max(data_as_of) AS data_as_of
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

CREATE VIEW reporting.corrections AS
SELECT a.adjustment_id AS correction_id, a.kind, a.created_at, a.created_by, a.reason, a.tenant_id,
       t.display_name AS tenant_name, t.payer, a.charge_day, a.charge_month, a.billing_month, a.time_zone,
       nullif(a.project_id, '') AS project_id, a.provider, a.model, a.service_tier, nullif(a.currency, 'XXX') AS currency,
       a.cost, a.records AS requests, a.failed_records AS failed_requests, a.unpriced_records AS unpriced_requests,
       a.input_tokens, a.output_tokens, a.cache_read_input_tokens, a.cache_creation_input_tokens, a.reasoning_output_tokens,
       a.batch_id, a.run_id, a.occurred_at, a.invocation_id, a.from_price_version, a.to_price_version,
       (SELECT max(o.updated_at) FROM ingest_offsets o WHERE o.cluster_id <> 'daybook') AS data_as_of
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

CREATE VIEW reporting.statements AS
SELECT l.month, l.version, s.closed_at, s.closed_by, l.tenant_id, l.tenant_name, l.payer, l.time_zone, nullif(l.currency, 'XXX') AS currency,
       l.charges, l.corrections, l.total, l.total_rounded, l.minor_units, l.records AS requests, l.unpriced_records AS unpriced_requests,
       l.version = p.version AND p.status = 'closed' AS is_in_force, encode(s.sha256, 'hex') AS sha256, s.data_as_of
  FROM statement_lines l JOIN statements s USING (month, version) JOIN billing_periods p USING (month);
COMMENT ON VIEW reporting.statements IS 'Lines of all statements; is_in_force marks what is billed now';
COMMENT ON COLUMN reporting.statements.month IS 'Billing month, first day';
COMMENT ON COLUMN reporting.statements.version IS 'Version of the statement';
COMMENT ON COLUMN reporting.statements.closed_at IS 'UTC';
COMMENT ON COLUMN reporting.statements.closed_by IS 'Login role';
COMMENT ON COLUMN reporting.statements.tenant_id IS 'Tenant that pays';
COMMENT ON COLUMN reporting.statements.tenant_name IS 'Name when the month was closed';
COMMENT ON COLUMN reporting.statements.payer IS 'Payer when the month was closed';
COMMENT ON COLUMN reporting.statements.time_zone IS 'Zone of the tenant''s billing days';
COMMENT ON COLUMN reporting.statements.currency IS 'ISO 4217 code; null where there is no cost';
COMMENT ON COLUMN reporting.statements.charges IS 'Cost incurred in the month, exact';
COMMENT ON COLUMN reporting.statements.corrections IS 'Signed cost of closed months billed in this one, exact';
COMMENT ON COLUMN reporting.statements.total IS 'charges + corrections, exact';
COMMENT ON COLUMN reporting.statements.total_rounded IS 'Amount due: total rounded once to minor_units';
COMMENT ON COLUMN reporting.statements.minor_units IS 'Digits after the point of the currency (ISO 4217)';
COMMENT ON COLUMN reporting.statements.requests IS 'Number of calls';
COMMENT ON COLUMN reporting.statements.unpriced_requests IS 'Number of calls without a cost; part of requests';
COMMENT ON COLUMN reporting.statements.is_in_force IS 'False for a statement that a later one replaced, or whose month was reopened';
COMMENT ON COLUMN reporting.statements.sha256 IS 'Hash of the statement, hexadecimal';
COMMENT ON COLUMN reporting.statements.data_as_of IS 'Commit of the last batch that is in the data, UTC';

CREATE VIEW reporting.billing_periods AS
SELECT m.month, coalesce(p.status, CASE WHEN m.month < (SELECT daybook_first_open_month()) THEN 'closed' ELSE 'open' END) AS status,
       p.version, p.changed_at, p.changed_by, p.reason, (SELECT max(o.updated_at) FROM ingest_offsets o WHERE o.cluster_id <> 'daybook') AS data_as_of
  FROM (SELECT month FROM costs_monthly UNION SELECT billing_month FROM cost_adjustments UNION SELECT month FROM billing_periods) AS m
  LEFT JOIN billing_periods p USING (month);
COMMENT ON VIEW reporting.billing_periods IS 'Months with cost, and whether they are closed';
COMMENT ON COLUMN reporting.billing_periods.month IS 'First day of the month';
COMMENT ON COLUMN reporting.billing_periods.status IS 'open or closed';
COMMENT ON COLUMN reporting.billing_periods.version IS 'Version of the last statement; null when there is none';
COMMENT ON COLUMN reporting.billing_periods.changed_at IS 'When it was closed or reopened last, UTC';
COMMENT ON COLUMN reporting.billing_periods.changed_by IS 'Login role';
COMMENT ON COLUMN reporting.billing_periods.reason IS 'Why, in words';
COMMENT ON COLUMN reporting.billing_periods.data_as_of IS 'Commit of the last batch that is in the data, UTC';

CREATE VIEW reporting.model_prices AS
SELECT p.price_id, p.provider, p.model, p.region, p.service_tier, p.min_input_tokens, p.currency, p.input_price, p.output_price, p.cache_read_input_price, p.cache_creation_input_price, p.cache_creation_1h_input_price, p.reasoning_output_price, p.audio_input_price, p.audio_output_price, p.cache_read_audio_input_price, p.cache_creation_audio_input_price, p.derived_rates,
       p.effective_from, p.effective_to, v.version, v.source, v.changed_at, v.changed_by
  FROM model_prices p JOIN price_versions v USING (version)
 WHERE p.superseded_by IS NULL;
COMMENT ON VIEW reporting.model_prices IS 'Price catalogue, past and future prices included, per token';
COMMENT ON COLUMN reporting.model_prices.price_id IS 'Stands as price_version in priced records';
COMMENT ON COLUMN reporting.model_prices.provider IS 'Provider of the model';
COMMENT ON COLUMN reporting.model_prices.model IS 'Model that answered, or else the model asked for';
COMMENT ON COLUMN reporting.model_prices.region IS 'Region of the calls; empty for every call that no other row of the model is for: see model_prices';
COMMENT ON COLUMN reporting.model_prices.service_tier IS 'Service tier';
COMMENT ON COLUMN reporting.model_prices.min_input_tokens IS 'Prices calls with more input tokens than this';
COMMENT ON COLUMN reporting.model_prices.currency IS 'ISO 4217 code of the prices';
COMMENT ON COLUMN reporting.model_prices.input_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.output_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.cache_read_input_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.cache_creation_input_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.cache_creation_1h_input_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.reasoning_output_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.audio_input_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.audio_output_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.cache_read_audio_input_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.cache_creation_audio_input_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.derived_rates IS 'Columns whose prices no list says: see model_prices';
COMMENT ON COLUMN reporting.model_prices.effective_from IS 'First instant in force';
COMMENT ON COLUMN reporting.model_prices.effective_to IS 'First instant no longer in force; null: no end is known';
COMMENT ON COLUMN reporting.model_prices.version IS 'Change of the catalogue';
COMMENT ON COLUMN reporting.model_prices.source IS 'Where the price comes from';
COMMENT ON COLUMN reporting.model_prices.changed_at IS 'UTC';
COMMENT ON COLUMN reporting.model_prices.changed_by IS 'Login role';

GRANT USAGE ON SCHEMA reporting TO app_read, app_finance, app_audit_read;
GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO app_read, app_finance, app_audit_read;
