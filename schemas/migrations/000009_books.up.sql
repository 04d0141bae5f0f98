-- The books: tenants and their calendar, signed adjustments, closed months, reconciliation, and the schema of finance.

-- What finance reads: stable names, whatever schema Daybook is installed in.
DO $$
BEGIN
  IF to_regnamespace('reporting') IS NULL THEN
    CREATE SCHEMA reporting AUTHORIZATION app_owner;
  END IF;
END $$;

SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE currencies (
  code        char(3) COLLATE "C" PRIMARY KEY CHECK (code ~ '^[A-Z]{3}$'),
  minor_units smallint NOT NULL CHECK (minor_units BETWEEN 0 AND 4)
);
COMMENT ON TABLE currencies IS 'Digits after the point of a currency (ISO 4217), to which statements are rounded';
COMMENT ON COLUMN currencies.code IS 'ISO 4217 code';
COMMENT ON COLUMN currencies.minor_units IS 'Digits after the point';

INSERT INTO currencies
SELECT unnest(string_to_array(codes, ' ')), units FROM (VALUES
  (0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
  (2, 'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY '
   || 'COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS '
   || 'INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR '
   || 'MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP '
   || 'STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG'),
  (3, 'BHD IQD JOD KWD LYD OMR TND'),
  (4, 'CLF UYW')) AS iso (units, codes);

CREATE TABLE tenants (
  tenant_id    text COLLATE "C" PRIMARY KEY CHECK (tenant_id <> ''),
  display_name text,
  time_zone    text NOT NULL DEFAULT 'UTC',
  payer        text,
  currency     char(3) COLLATE "C" REFERENCES currencies,
  updated_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_by   text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE tenants IS 'What finance knows of a tenant; one without a row bills by UTC days. Changed by daybook tenants set.';
COMMENT ON COLUMN tenants.tenant_id IS 'Tenant, as in the records';
COMMENT ON COLUMN tenants.display_name IS 'Name on statements and exports';
COMMENT ON COLUMN tenants.time_zone IS 'Zone of the tenant''s billing days, a name of the IANA database; in force from the first open month on';
COMMENT ON COLUMN tenants.payer IS 'Account that pays for the tenant';
COMMENT ON COLUMN tenants.currency IS 'ISO 4217 code of the currency of record; only shown, nothing is converted';
COMMENT ON COLUMN tenants.updated_at IS 'UTC';
COMMENT ON COLUMN tenants.updated_by IS 'Login role';

-- A zone begins with a month that was open when it was set. Instants before starts_at belong to the zone before it, so
-- that every instant has exactly one billing day, and none of a closed month moves.
CREATE TABLE tenant_time_zones (
  tenant_id   text COLLATE "C" NOT NULL REFERENCES tenants,
  first_month date NOT NULL,
  starts_at   timestamptz NOT NULL,
  time_zone   text NOT NULL,
  set_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  set_by      text NOT NULL DEFAULT session_user,
  PRIMARY KEY (tenant_id, first_month)
);
COMMENT ON TABLE tenant_time_zones IS 'Zones of tenants that do not, or did not, bill by UTC days';
COMMENT ON COLUMN tenant_time_zones.tenant_id IS 'Tenant';
COMMENT ON COLUMN tenant_time_zones.first_month IS 'First billing month of the zone, first day; -infinity when no month was closed before';
COMMENT ON COLUMN tenant_time_zones.starts_at IS 'First instant of the zone: the end of the months before, in the zone before';
COMMENT ON COLUMN tenant_time_zones.time_zone IS 'Name of the IANA database';
COMMENT ON COLUMN tenant_time_zones.set_at IS 'UTC';
COMMENT ON COLUMN tenant_time_zones.set_by IS 'Login role';

CREATE TABLE billing_periods (
  month      date PRIMARY KEY CHECK (extract(day FROM month) = 1),
  status     text NOT NULL CHECK (status IN ('open', 'closed')),
  version    integer NOT NULL CHECK (version > 0),
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_by text NOT NULL DEFAULT session_user,
  reason     text
);
COMMENT ON TABLE billing_periods IS 'Months that were closed; a month without a row is open. Months are closed in order and reopened in reverse order.';
COMMENT ON COLUMN billing_periods.month IS 'First day of the month; every tenant''s own month, in its zone';
COMMENT ON COLUMN billing_periods.status IS 'open or closed';
COMMENT ON COLUMN billing_periods.version IS 'Version of the last statement of the month';
COMMENT ON COLUMN billing_periods.changed_at IS 'When it was closed or reopened last, UTC';
COMMENT ON COLUMN billing_periods.changed_by IS 'Login role';
COMMENT ON COLUMN billing_periods.reason IS 'Why, in words';

CREATE TABLE billing_journal (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  by        text NOT NULL DEFAULT session_user,
  action    text NOT NULL CHECK (action IN ('close', 'reopen', 'repair', 'tenant', 'time_zone', 'reprice')),
  month     date,
  tenant_id text COLLATE "C",
  reason    text NOT NULL CHECK (reason <> ''),
  detail    jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE billing_journal IS 'Journal of everything that moved money or a month other than a record. Rows never change.';
COMMENT ON COLUMN billing_journal.id IS 'Order of the journal';
COMMENT ON COLUMN billing_journal.at IS 'UTC';
COMMENT ON COLUMN billing_journal.by IS 'Login role';
COMMENT ON COLUMN billing_journal.action IS 'close, reopen, repair, tenant, time_zone or reprice';
COMMENT ON COLUMN billing_journal.month IS 'Month, when it concerns one';
COMMENT ON COLUMN billing_journal.tenant_id IS 'Tenant, when it concerns one';
COMMENT ON COLUMN billing_journal.reason IS 'Why, in words';
COMMENT ON COLUMN billing_journal.detail IS 'Facts by name';

CREATE TABLE statements (
  month           date NOT NULL REFERENCES billing_periods,
  version         integer NOT NULL,
  closed_at       timestamptz NOT NULL,
  closed_by       text NOT NULL DEFAULT session_user,
  reason          text,
  data_as_of      timestamptz,
  line_count      bigint NOT NULL,
  sha256          bytea NOT NULL CHECK (octet_length(sha256) = 32),
  previous_sha256 bytea CHECK (octet_length(previous_sha256) = 32),
  PRIMARY KEY (month, version)
);
COMMENT ON TABLE statements IS 'A statement for each close of a month. Rows never change; a later version replaces an earlier one from its closed_at on.';
COMMENT ON COLUMN statements.month IS 'Billing month, first day';
COMMENT ON COLUMN statements.version IS '1 for the first close of the month, then one more each time';
COMMENT ON COLUMN statements.closed_at IS 'From then on this version is the one in force, UTC';
COMMENT ON COLUMN statements.closed_by IS 'Login role';
COMMENT ON COLUMN statements.reason IS 'Why, in words; null for none';
COMMENT ON COLUMN statements.data_as_of IS 'Commit of the last batch that it can contain, UTC';
COMMENT ON COLUMN statements.line_count IS 'Number of lines';
COMMENT ON COLUMN statements.sha256 IS 'SHA-256 over this row and the lines, as daybook_statement_sha256 makes it';
COMMENT ON COLUMN statements.previous_sha256 IS 'Hash of the statement closed before this one; null for the first of all';

CREATE TABLE statement_lines (
  month                       date NOT NULL,
  version                     integer NOT NULL,
  tenant_id                   text COLLATE "C" NOT NULL,
  currency                    char(3) COLLATE "C" NOT NULL,
  tenant_name                 text,
  payer                       text,
  time_zone                   text NOT NULL,
  charges                     numeric(38,12) NOT NULL,
  corrections                 numeric(38,12) NOT NULL,
  total                       numeric(38,12) NOT NULL CHECK (total = charges + corrections),
  minor_units                 smallint NOT NULL,
  total_rounded               numeric NOT NULL CHECK (total_rounded = round(total, minor_units)),
  records                     bigint NOT NULL,
  unpriced_records            bigint NOT NULL,
  input_tokens                bigint NOT NULL,
  output_tokens               bigint NOT NULL,
  PRIMARY KEY (month, version, tenant_id, currency),
  FOREIGN KEY (month, version) REFERENCES statements DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE statement_lines IS 'What a tenant is billed for a month, one row for each currency. Rows never change.';
COMMENT ON COLUMN statement_lines.month IS 'Billing month, first day';
COMMENT ON COLUMN statement_lines.version IS 'Version of the statement';
COMMENT ON COLUMN statement_lines.tenant_id IS 'Tenant that pays';
COMMENT ON COLUMN statement_lines.currency IS 'ISO 4217 code; XXX for records without a cost';
COMMENT ON COLUMN statement_lines.tenant_name IS 'tenants.display_name when the month was closed';
COMMENT ON COLUMN statement_lines.payer IS 'tenants.payer when the month was closed';
COMMENT ON COLUMN statement_lines.time_zone IS 'Zone of the tenant''s billing days in the month';
COMMENT ON COLUMN statement_lines.charges IS 'Cost that was incurred in the month, exact';
COMMENT ON COLUMN statement_lines.corrections IS 'Signed cost of closed months that is billed in this one, exact';
COMMENT ON COLUMN statement_lines.total IS 'charges + corrections, exact';
COMMENT ON COLUMN statement_lines.minor_units IS 'Digits after the point of the currency; 12, so no rounding, for a code that currencies does not have';
COMMENT ON COLUMN statement_lines.total_rounded IS 'total rounded once to minor_units, half away from zero: the amount due';
COMMENT ON COLUMN statement_lines.records IS 'Number of records, corrections included';
COMMENT ON COLUMN statement_lines.unpriced_records IS 'Number of records without a cost; part of records';
COMMENT ON COLUMN statement_lines.input_tokens IS 'Tokens, cached ones included';
COMMENT ON COLUMN statement_lines.output_tokens IS 'Tokens, reasoning included';

CREATE TABLE reprice_runs (
  run_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  started_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_by    text NOT NULL DEFAULT session_user,
  finished_at   timestamptz,
  reason        text NOT NULL CHECK (reason <> ''),
  range_from    timestamptz NOT NULL,
  range_to      timestamptz NOT NULL CHECK (range_to > range_from),
  filters       jsonb NOT NULL DEFAULT '{}',
  price_version bigint NOT NULL REFERENCES price_versions,
  rows_examined bigint NOT NULL DEFAULT 0,
  rows_adjusted bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE reprice_runs IS 'Runs of daybook reprice';
COMMENT ON COLUMN reprice_runs.run_id IS 'Id, as in cost_adjustments';
COMMENT ON COLUMN reprice_runs.started_at IS 'UTC';
COMMENT ON COLUMN reprice_runs.started_by IS 'Login role';
COMMENT ON COLUMN reprice_runs.finished_at IS 'UTC; null while it runs, or when it was cut off: run the same again';
COMMENT ON COLUMN reprice_runs.reason IS 'Why, in words';
COMMENT ON COLUMN reprice_runs.range_from IS 'First occurred_at';
COMMENT ON COLUMN reprice_runs.range_to IS 'First occurred_at behind it';
COMMENT ON COLUMN reprice_runs.filters IS 'What else was asked for, by name';
COMMENT ON COLUMN reprice_runs.price_version IS 'Version of the catalogue';
COMMENT ON COLUMN reprice_runs.rows_examined IS 'Number of records looked at';
COMMENT ON COLUMN reprice_runs.rows_adjusted IS 'Number of records whose cost changed';

-- Signed lines beside the records. A line is billed in its charge month while that is open; else it is a correction,
-- billed in the first open month, and costs_daily and costs_monthly do not have it.
CREATE TABLE cost_adjustments (
  adjustment_id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind                        text NOT NULL CHECK (kind IN ('late', 'reprice')),
  created_at                  timestamptz NOT NULL DEFAULT clock_timestamp(),
  created_by                  text NOT NULL DEFAULT session_user,
  tenant_id                   text COLLATE "C" NOT NULL,
  charge_day                  date NOT NULL,
  charge_month                date NOT NULL GENERATED ALWAYS AS (date_trunc('month',
    charge_day::timestamp)::date) STORED,
  billing_month               date NOT NULL CHECK (extract(day FROM billing_month) = 1),
  time_zone                   text NOT NULL,
  project_id                  text COLLATE "C" NOT NULL,
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
  reason                      text NOT NULL CHECK (reason <> ''),
  batch_id                    uuid,
  run_id                      bigint REFERENCES reprice_runs,
  occurred_at                 timestamptz,
  invocation_id               uuid,
  from_price_version          text,
  to_price_version            text,
  CHECK (currency ~ '^[A-Z]{3}$' AND (currency <> 'XXX' OR cost = 0)),
  CHECK (billing_month >= date_trunc('month', charge_day::timestamp)::date),
  CHECK (kind <> 'late' OR (batch_id IS NOT NULL AND billing_month > date_trunc('month', charge_day::timestamp)::date)),
  CHECK (kind <> 'reprice' OR num_nonnulls(run_id, occurred_at, invocation_id) = 3)
);
CREATE INDEX cost_adjustments_invocation ON cost_adjustments (tenant_id, occurred_at, invocation_id)
  WHERE kind = 'reprice';
CREATE INDEX cost_adjustments_batch ON cost_adjustments (batch_id) WHERE kind = 'late';
CREATE INDEX cost_adjustments_run ON cost_adjustments (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX cost_adjustments_billing ON cost_adjustments (tenant_id, billing_month, charge_month);
CREATE INDEX cost_adjustments_corrections ON cost_adjustments (billing_month) WHERE billing_month <> charge_month;
COMMENT ON TABLE cost_adjustments IS 'Signed changes of cost beside the records: late records of closed months, one line for each batch and rollup key, and repriced records, one or two lines each. Rows never change.';
COMMENT ON COLUMN cost_adjustments.adjustment_id IS 'Id';
COMMENT ON COLUMN cost_adjustments.kind IS 'late: records that came after their month was closed; reprice: the price of a record was wrong or missing';
COMMENT ON COLUMN cost_adjustments.created_at IS 'UTC';
COMMENT ON COLUMN cost_adjustments.created_by IS 'Login role';
COMMENT ON COLUMN cost_adjustments.tenant_id IS 'Tenant that pays';
COMMENT ON COLUMN cost_adjustments.charge_day IS 'Billing day of the records when the line was posted';
COMMENT ON COLUMN cost_adjustments.charge_month IS 'Month of charge_day: where the cost comes from';
COMMENT ON COLUMN cost_adjustments.billing_month IS 'Month in which it is billed; another than charge_month makes the line a correction';
COMMENT ON COLUMN cost_adjustments.time_zone IS 'Zone of charge_day';
COMMENT ON COLUMN cost_adjustments.project_id IS 'Project; '''' when the records name none';
COMMENT ON COLUMN cost_adjustments.provider IS 'Provider of the model';
COMMENT ON COLUMN cost_adjustments.model IS 'Model that answered, or else the model asked for';
COMMENT ON COLUMN cost_adjustments.service_tier IS 'Service tier';
COMMENT ON COLUMN cost_adjustments.currency IS 'ISO 4217 code of cost; XXX where records without a cost are counted off';
COMMENT ON COLUMN cost_adjustments.cost IS 'Signed, in units of currency, exact';
COMMENT ON COLUMN cost_adjustments.records IS 'Signed number of records';
COMMENT ON COLUMN cost_adjustments.failed_records IS 'Signed; part of records';
COMMENT ON COLUMN cost_adjustments.unpriced_records IS 'Signed; part of records';
COMMENT ON COLUMN cost_adjustments.input_tokens IS 'Signed tokens';
COMMENT ON COLUMN cost_adjustments.output_tokens IS 'Signed tokens';
COMMENT ON COLUMN cost_adjustments.cache_read_input_tokens IS 'Signed tokens; part of input_tokens';
COMMENT ON COLUMN cost_adjustments.cache_creation_input_tokens IS 'Signed tokens; part of input_tokens';
COMMENT ON COLUMN cost_adjustments.reasoning_output_tokens IS 'Signed tokens; part of output_tokens';
COMMENT ON COLUMN cost_adjustments.reason IS 'Why, in words';
COMMENT ON COLUMN cost_adjustments.batch_id IS 'Batch that brought late records: ingest_spans has their Kafka positions';
COMMENT ON COLUMN cost_adjustments.run_id IS 'Run of daybook reprice';
COMMENT ON COLUMN cost_adjustments.occurred_at IS 'Of the repriced record';
COMMENT ON COLUMN cost_adjustments.invocation_id IS 'Of the repriced record';
COMMENT ON COLUMN cost_adjustments.from_price_version IS 'Price of the record before; null for none';
COMMENT ON COLUMN cost_adjustments.to_price_version IS 'Price of the record from now on; null for none';

CREATE TABLE reconciliations (
  reconciliation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  started_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_by        text NOT NULL DEFAULT session_user,
  finished_at       timestamptz,
  month             date CHECK (extract(day FROM month) = 1),
  tenant_id         text COLLATE "C",
  source            text NOT NULL CHECK (source IN ('primary', 'replica')),
  months_done       date[] NOT NULL DEFAULT '{}',
  rows_read         bigint NOT NULL DEFAULT 0,
  differences       bigint NOT NULL DEFAULT 0,
  data_as_of        timestamptz
);
COMMENT ON TABLE reconciliations IS 'Runs of daybook reconcile';
COMMENT ON COLUMN reconciliations.reconciliation_id IS 'Id';
COMMENT ON COLUMN reconciliations.started_at IS 'UTC';
COMMENT ON COLUMN reconciliations.started_by IS 'Login role';
COMMENT ON COLUMN reconciliations.finished_at IS 'UTC; null while it runs, or when it was cut off: the next run of the same scope goes on with it';
COMMENT ON COLUMN reconciliations.month IS 'The one month that was asked for; null for all';
COMMENT ON COLUMN reconciliations.tenant_id IS 'The one tenant that was asked for; null for all';
COMMENT ON COLUMN reconciliations.source IS 'Where the rows were read: primary or replica';
COMMENT ON COLUMN reconciliations.months_done IS 'Months that were compared already';
COMMENT ON COLUMN reconciliations.rows_read IS 'Number of records';
COMMENT ON COLUMN reconciliations.differences IS 'Number of rows of reconciliation_drift';
COMMENT ON COLUMN reconciliations.data_as_of IS 'Commit of the last batch that was compared, UTC';

-- The measures are differences: what the records and adjustments make, less what the rollup says.
CREATE TABLE reconciliation_drift (
  reconciliation_id           bigint NOT NULL REFERENCES reconciliations,
  granularity                 text NOT NULL CHECK (granularity IN ('day', 'month')),
  tenant_id                   text COLLATE "C" NOT NULL,
  period_start                date NOT NULL,
  project_id                  text COLLATE "C" NOT NULL,
  provider                    text COLLATE "C" NOT NULL,
  model                       text COLLATE "C" NOT NULL,
  service_tier                text COLLATE "C" NOT NULL,
  currency                    char(3) COLLATE "C" NOT NULL,
  time_zone                   text NOT NULL,
  is_closed                   boolean NOT NULL,
  cost                        numeric(38,12) NOT NULL,
  records                     bigint NOT NULL,
  failed_records              bigint NOT NULL,
  unpriced_records            bigint NOT NULL,
  input_tokens                bigint NOT NULL,
  output_tokens               bigint NOT NULL,
  cache_read_input_tokens     bigint NOT NULL,
  cache_creation_input_tokens bigint NOT NULL,
  reasoning_output_tokens     bigint NOT NULL,
  cost_expected               numeric(38,12) NOT NULL,
  cost_found                  numeric(38,12),
  found_at                    timestamptz NOT NULL DEFAULT clock_timestamp(),
  repaired_at                 timestamptz,
  PRIMARY KEY (reconciliation_id, granularity, tenant_id, period_start, provider, model, project_id, service_tier,
    currency)
);
COMMENT ON TABLE reconciliation_drift IS 'Differences that daybook reconcile found: what records and adjustments make, less what the rollup says';
COMMENT ON COLUMN reconciliation_drift.reconciliation_id IS 'Run that found it';
COMMENT ON COLUMN reconciliation_drift.granularity IS 'day: costs_daily; month: costs_monthly';
COMMENT ON COLUMN reconciliation_drift.tenant_id IS 'Tenant';
COMMENT ON COLUMN reconciliation_drift.period_start IS 'Day, or first day of the month';
COMMENT ON COLUMN reconciliation_drift.project_id IS 'Key of the rollup';
COMMENT ON COLUMN reconciliation_drift.provider IS 'Key of the rollup';
COMMENT ON COLUMN reconciliation_drift.model IS 'Key of the rollup';
COMMENT ON COLUMN reconciliation_drift.service_tier IS 'Key of the rollup';
COMMENT ON COLUMN reconciliation_drift.currency IS 'Key of the rollup';
COMMENT ON COLUMN reconciliation_drift.time_zone IS 'Zone of the billing day';
COMMENT ON COLUMN reconciliation_drift.is_closed IS 'Whether the month was closed: only open months are repaired';
COMMENT ON COLUMN reconciliation_drift.cost IS 'Difference, units of currency';
COMMENT ON COLUMN reconciliation_drift.records IS 'Difference';
COMMENT ON COLUMN reconciliation_drift.failed_records IS 'Difference';
COMMENT ON COLUMN reconciliation_drift.unpriced_records IS 'Difference';
COMMENT ON COLUMN reconciliation_drift.input_tokens IS 'Difference, tokens';
COMMENT ON COLUMN reconciliation_drift.output_tokens IS 'Difference, tokens';
COMMENT ON COLUMN reconciliation_drift.cache_read_input_tokens IS 'Difference, tokens';
COMMENT ON COLUMN reconciliation_drift.cache_creation_input_tokens IS 'Difference, tokens';
COMMENT ON COLUMN reconciliation_drift.reasoning_output_tokens IS 'Difference, tokens';
COMMENT ON COLUMN reconciliation_drift.cost_expected IS 'What records and adjustments make, units of currency';
COMMENT ON COLUMN reconciliation_drift.cost_found IS 'What the rollup said; null when it had no such row';
COMMENT ON COLUMN reconciliation_drift.found_at IS 'UTC';
COMMENT ON COLUMN reconciliation_drift.repaired_at IS 'When --repair added the difference to the rollup, UTC; null: not repaired';

ALTER TABLE costs_daily ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC';

ALTER TABLE costs_monthly ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC';
COMMENT ON TABLE costs_daily IS 'Cost and usage per tenant and billing day, added to in the transaction that stores the records; amounts of different currencies are never added. Days of a closed month do not change: see cost_adjustments.';
COMMENT ON TABLE costs_monthly IS 'Cost and usage per tenant and billing month, added to in the transaction that stores the records; amounts of different currencies are never added. A closed month does not change: see cost_adjustments.';
COMMENT ON COLUMN costs_daily.day IS 'Day of occurred_at in time_zone';
COMMENT ON COLUMN costs_monthly.month IS 'First day of the month of occurred_at in time_zone';
COMMENT ON COLUMN costs_daily.time_zone IS 'Zone of the tenant''s billing days';
COMMENT ON COLUMN costs_monthly.time_zone IS 'Zone of the tenant''s billing days';

-- Rollups are read by month as well as by tenant; rows come nearly in order of time.
CREATE INDEX costs_daily_day ON costs_daily USING brin (day) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX costs_monthly_month ON costs_monthly USING brin (month) WITH (pages_per_range = 16, autosummarize = on);

GRANT SELECT ON currencies, tenants, tenant_time_zones, billing_periods, billing_journal, statements, statement_lines,
  reprice_runs, cost_adjustments, reconciliations, reconciliation_drift TO app_read, app_finance, app_maintain,
    app_audit_read;
GRANT SELECT ON tenant_time_zones, billing_periods TO app_write;
GRANT SELECT ON costs_daily, costs_monthly, ingest_offsets, ingest_batches, partition_policies,
  partition_retirements TO app_finance;

-- Who ran it, and when, is not for the caller to say.
GRANT INSERT (month, tenant_id, source), UPDATE (finished_at, months_done, rows_read, differences, data_as_of)
  ON reconciliations TO app_finance;
GRANT INSERT (reconciliation_id, granularity, tenant_id, period_start, project_id, provider, model, service_tier,
  currency,
  time_zone, is_closed, cost, records, failed_records, unpriced_records, input_tokens, output_tokens,
  cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, cost_expected, cost_found)
  ON reconciliation_drift TO app_finance;

-- Finance sees what a call cost and where it came from, not who made it or what was in it.
GRANT SELECT (tenant_id, occurred_at, invocation_id, project_id, provider, operation, request_model, response_model,
  service_tier, status, input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
  cache_creation_1h_input_tokens, reasoning_output_tokens, audio_input_tokens, audio_output_tokens, cost, currency,
  cost_source, price_version, ingested_at, source_topic, source_partition, source_offset,
    region) ON invocations TO app_finance;
COMMENT ON SCHEMA reporting IS 'Views of Daybook for finance: psql, spreadsheets, BI tools';

GRANT USAGE ON SCHEMA reporting TO app_read, app_finance, app_audit_read;
