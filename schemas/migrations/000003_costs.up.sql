-- Cost rollups. Updated in place by every batch: room in the pages keeps the updates HOT.
SET LOCAL ROLE app_owner;

CREATE TABLE costs_daily (
  tenant_id                   text COLLATE "C" NOT NULL,
  day                         date NOT NULL,
  project_id                  text COLLATE "C" NOT NULL DEFAULT '',
  provider                    text COLLATE "C" NOT NULL,
  model                       text COLLATE "C" NOT NULL,
  service_tier                text COLLATE "C" NOT NULL,
  currency                    char(3) COLLATE "C" NOT NULL,
  cost                        numeric(38,12) NOT NULL CHECK (cost <> 'NaN'),
  records                     bigint NOT NULL,
  failed_records              bigint NOT NULL,
  unpriced_records            bigint NOT NULL,
  input_tokens                bigint NOT NULL,
  output_tokens               bigint NOT NULL,
  cache_read_input_tokens     bigint NOT NULL,
  cache_creation_input_tokens bigint NOT NULL,
  reasoning_output_tokens     bigint NOT NULL,
  updated_at                  timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, day, provider, model, project_id, service_tier, currency)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

COMMENT ON TABLE costs_daily IS 'Cost and usage per tenant and UTC day, added to in the transaction that stores the records; amounts of different currencies are never added.';
COMMENT ON COLUMN costs_daily.tenant_id IS 'Tenant that pays';
COMMENT ON COLUMN costs_daily.day IS 'UTC day of occurred_at';
COMMENT ON COLUMN costs_daily.project_id IS 'Project of the tenant; '''' when the record names none';
COMMENT ON COLUMN costs_daily.provider IS 'Provider of the model';
COMMENT ON COLUMN costs_daily.model IS 'Model that answered, or else the model asked for';
COMMENT ON COLUMN costs_daily.service_tier IS 'Service tier';
COMMENT ON COLUMN costs_daily.currency IS 'ISO 4217 code of cost; XXX for records without a cost';
COMMENT ON COLUMN costs_daily.cost IS 'Sum of the records'' costs in units of currency, exact';
COMMENT ON COLUMN costs_daily.records IS 'Number of records';
COMMENT ON COLUMN costs_daily.failed_records IS 'Number of records with status failure; part of records';
COMMENT ON COLUMN costs_daily.unpriced_records IS 'Number of records without a cost; part of records';
COMMENT ON COLUMN costs_daily.input_tokens IS 'Tokens, cached ones included';
COMMENT ON COLUMN costs_daily.output_tokens IS 'Tokens, reasoning included';
COMMENT ON COLUMN costs_daily.cache_read_input_tokens IS 'Tokens read from a cache; part of input_tokens';
COMMENT ON COLUMN costs_daily.cache_creation_input_tokens IS 'Tokens written to a cache; part of input_tokens';
COMMENT ON COLUMN costs_daily.reasoning_output_tokens IS 'Tokens of reasoning; part of output_tokens';
COMMENT ON COLUMN costs_daily.updated_at IS 'When a batch added to the row last, UTC';

CREATE TABLE costs_monthly (
  tenant_id                   text COLLATE "C" NOT NULL,
  month                       date NOT NULL,
  project_id                  text COLLATE "C" NOT NULL DEFAULT '',
  provider                    text COLLATE "C" NOT NULL,
  model                       text COLLATE "C" NOT NULL,
  service_tier                text COLLATE "C" NOT NULL,
  currency                    char(3) COLLATE "C" NOT NULL,
  cost                        numeric(38,12) NOT NULL CHECK (cost <> 'NaN'),
  records                     bigint NOT NULL,
  failed_records              bigint NOT NULL,
  unpriced_records            bigint NOT NULL,
  input_tokens                bigint NOT NULL,
  output_tokens               bigint NOT NULL,
  cache_read_input_tokens     bigint NOT NULL,
  cache_creation_input_tokens bigint NOT NULL,
  reasoning_output_tokens     bigint NOT NULL,
  updated_at                  timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, month, provider, model, project_id, service_tier, currency)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

COMMENT ON TABLE costs_monthly IS 'Cost and usage per tenant and UTC month, added to in the transaction that stores the records; amounts of different currencies are never added.';
COMMENT ON COLUMN costs_monthly.tenant_id IS 'Tenant that pays';
COMMENT ON COLUMN costs_monthly.month IS 'First day of the UTC month of occurred_at';
COMMENT ON COLUMN costs_monthly.project_id IS 'Project of the tenant; '''' when the record names none';
COMMENT ON COLUMN costs_monthly.provider IS 'Provider of the model';
COMMENT ON COLUMN costs_monthly.model IS 'Model that answered, or else the model asked for';
COMMENT ON COLUMN costs_monthly.service_tier IS 'Service tier';
COMMENT ON COLUMN costs_monthly.currency IS 'ISO 4217 code of cost; XXX for records without a cost';
COMMENT ON COLUMN costs_monthly.cost IS 'Sum of the records'' costs in units of currency, exact';
COMMENT ON COLUMN costs_monthly.records IS 'Number of records';
COMMENT ON COLUMN costs_monthly.failed_records IS 'Number of records with status failure; part of records';
COMMENT ON COLUMN costs_monthly.unpriced_records IS 'Number of records without a cost; part of records';
COMMENT ON COLUMN costs_monthly.input_tokens IS 'Tokens, cached ones included';
COMMENT ON COLUMN costs_monthly.output_tokens IS 'Tokens, reasoning included';
COMMENT ON COLUMN costs_monthly.cache_read_input_tokens IS 'Tokens read from a cache; part of input_tokens';
COMMENT ON COLUMN costs_monthly.cache_creation_input_tokens IS 'Tokens written to a cache; part of input_tokens';
COMMENT ON COLUMN costs_monthly.reasoning_output_tokens IS 'Tokens of reasoning; part of output_tokens';
COMMENT ON COLUMN costs_monthly.updated_at IS 'When a batch added to the row last, UTC';

CREATE VIEW costs AS
SELECT 'day' AS granularity, day AS period_start, day + 1 AS period_end,
       tenant_id, project_id, provider, model, service_tier, currency, cost, records,
       failed_records, unpriced_records, input_tokens, output_tokens, cache_read_input_tokens,
       cache_creation_input_tokens, reasoning_output_tokens, updated_at
FROM costs_daily
UNION ALL
SELECT 'month', month, (month + interval '1 month')::date,
       tenant_id, project_id, provider, model, service_tier, currency, cost, records,
       failed_records, unpriced_records, input_tokens, output_tokens, cache_read_input_tokens,
       cache_creation_input_tokens, reasoning_output_tokens, updated_at
FROM costs_monthly;

COMMENT ON VIEW costs IS 'Both cost tables in one shape: choose a granularity before summing';
COMMENT ON COLUMN costs.granularity IS 'day or month';
COMMENT ON COLUMN costs.period_start IS 'First UTC day of the period';
COMMENT ON COLUMN costs.period_end IS 'First UTC day after the period';
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

GRANT SELECT ON costs_daily, costs_monthly, costs TO app_read, app_audit_read;
