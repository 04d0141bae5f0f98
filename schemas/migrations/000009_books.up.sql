-- The books: tenants and their calendar, signed adjustments, closed months, reconciliation.
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

-- A zone begins with a month that was open when it was set. Instants before starts_at belong to the zone before it, so that
-- every instant has exactly one billing day, and none of a closed month moves.
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

CREATE FUNCTION daybook_billing_day(p_tenant text, p_at timestamptz) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(
  (SELECT greatest((p_at AT TIME ZONE z.time_zone)::date, z.first_month) FROM tenant_time_zones z
    WHERE z.tenant_id = p_tenant AND z.starts_at <= p_at ORDER BY z.starts_at DESC LIMIT 1),
  (p_at AT TIME ZONE 'UTC')::date);
COMMENT ON FUNCTION daybook_billing_day IS 'Billing day of an instant for a tenant';

CREATE FUNCTION daybook_billing_zone(p_tenant text, p_at timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce((SELECT z.time_zone FROM tenant_time_zones z
                  WHERE z.tenant_id = p_tenant AND z.starts_at <= p_at ORDER BY z.starts_at DESC LIMIT 1), 'UTC');
COMMENT ON FUNCTION daybook_billing_zone IS 'Time zone that gives an instant its billing day for a tenant';

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

CREATE FUNCTION daybook_first_open_month() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce((SELECT (max(month) + interval '1 month')::date FROM billing_periods WHERE status = 'closed'), '-infinity'::date);
COMMENT ON FUNCTION daybook_first_open_month IS 'First day of the first month that is not closed; -infinity when none is closed';

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

-- Signed lines beside the records. A line is billed in its charge month while that is open; else it is a correction, billed
-- in the first open month, and costs_daily and costs_monthly do not have it.
CREATE TABLE cost_adjustments (
  adjustment_id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind                        text NOT NULL CHECK (kind IN ('late', 'reprice')),
  created_at                  timestamptz NOT NULL DEFAULT clock_timestamp(),
  created_by                  text NOT NULL DEFAULT session_user,
  tenant_id                   text COLLATE "C" NOT NULL,
  charge_day                  date NOT NULL,
  charge_month                date NOT NULL GENERATED ALWAYS AS (date_trunc('month', charge_day::timestamp)::date) STORED,
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
CREATE INDEX cost_adjustments_invocation ON cost_adjustments (tenant_id, occurred_at, invocation_id) WHERE kind = 'reprice';
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
  PRIMARY KEY (reconciliation_id, granularity, tenant_id, period_start, provider, model, project_id, service_tier, currency)
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

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['billing_journal', 'statements', 'statement_lines', 'cost_adjustments'] LOOP
    EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %I FOR EACH ROW'
                   ' EXECUTE FUNCTION daybook_refuse_change()', name);
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT'
                   ' EXECUTE FUNCTION daybook_refuse_change()', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate', name);
  END LOOP;
END $$;

-- What was found stays; that it was repaired is noted once.
CREATE FUNCTION daybook_refuse_drift_change() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.repaired_at IS NULL AND NEW.repaired_at IS NOT NULL
       AND pg_catalog.to_jsonb(OLD) - 'repaired_at' = pg_catalog.to_jsonb(NEW) - 'repaired_at' THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'what a reconciliation found does not change' USING ERRCODE = 'insufficient_privilege',
    HINT = 'Reconcile again.';
END $$;
COMMENT ON FUNCTION daybook_refuse_drift_change IS 'Trigger: a difference is repaired once and never changes otherwise';
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON reconciliation_drift
  FOR EACH ROW EXECUTE FUNCTION daybook_refuse_drift_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON reconciliation_drift
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_change();
ALTER TABLE reconciliation_drift ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate;

-- A month is open or closed because the journal says so, whoever changes it.
CREATE FUNCTION daybook_check_period() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  last billing_journal;
  closed billing_journal;
BEGIN
  SELECT * INTO last FROM billing_journal j
   WHERE j.month = NEW.month AND j.action IN ('close', 'reopen') ORDER BY j.id DESC LIMIT 1;
  SELECT * INTO closed FROM billing_journal j
   WHERE j.month = NEW.month AND j.action = 'close' ORDER BY j.id DESC LIMIT 1;
  IF (TG_OP = 'UPDATE' AND (OLD.month <> NEW.month OR (OLD.status, OLD.version) = (NEW.status, NEW.version)))
     OR NEW.status IS DISTINCT FROM (CASE last.action WHEN 'close' THEN 'closed' WHEN 'reopen' THEN 'open' END)
     OR NEW.version::text IS DISTINCT FROM closed.detail->>'version' THEN
    RAISE EXCEPTION 'no entry of billing_journal makes month % %, version %', pg_catalog.to_char(NEW.month, 'YYYY-MM'),
      NEW.status, NEW.version USING ERRCODE = 'insufficient_privilege', HINT = 'See daybook periods close and reopen.';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION daybook_check_period IS 'Trigger: the status and version of a month are those of its last entries in billing_journal';
CREATE TRIGGER check_journal BEFORE INSERT OR UPDATE ON billing_periods
  FOR EACH ROW EXECUTE FUNCTION daybook_check_period();
CREATE TRIGGER refuse_delete BEFORE DELETE ON billing_periods
  FOR EACH ROW EXECUTE FUNCTION daybook_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON billing_periods
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_change();
ALTER TABLE billing_periods ENABLE ALWAYS TRIGGER check_journal, ENABLE ALWAYS TRIGGER refuse_delete,
  ENABLE ALWAYS TRIGGER refuse_truncate;

-- Where a line is billed is not for the writer to say.
CREATE FUNCTION daybook_check_adjustment() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF NEW.billing_month <> greatest(pg_catalog.date_trunc('month', NEW.charge_day::timestamp)::date, daybook_first_open_month()) THEN
    RAISE EXCEPTION 'an adjustment of % cannot be billed in %', NEW.charge_day, pg_catalog.to_char(NEW.billing_month, 'YYYY-MM')
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION daybook_check_adjustment IS 'Trigger: a line is billed in its own month while that is open, else in the first open one';
CREATE TRIGGER check_billing_month BEFORE INSERT ON cost_adjustments
  FOR EACH ROW EXECUTE FUNCTION daybook_check_adjustment();
ALTER TABLE cost_adjustments ENABLE ALWAYS TRIGGER check_billing_month;

ALTER TABLE costs_daily ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC';
ALTER TABLE costs_monthly ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC';
COMMENT ON TABLE costs_daily IS 'Cost and usage per tenant and billing day, added to in the transaction that stores the records; amounts of different currencies are never added. Days of a closed month do not change: see cost_adjustments.';
COMMENT ON TABLE costs_monthly IS 'Cost and usage per tenant and billing month, added to in the transaction that stores the records; amounts of different currencies are never added. A closed month does not change: see cost_adjustments.';
COMMENT ON COLUMN costs_daily.day IS 'Day of occurred_at in time_zone';
COMMENT ON COLUMN costs_monthly.month IS 'First day of the month of occurred_at in time_zone';
COMMENT ON COLUMN costs_daily.time_zone IS 'Zone of the tenant''s billing days';
COMMENT ON COLUMN costs_monthly.time_zone IS 'Zone of the tenant''s billing days';
COMMENT ON VIEW costs IS 'Both cost tables in one shape: choose a granularity before summing. Corrections of closed months are not in it: see schema reporting';
COMMENT ON COLUMN costs.period_start IS 'First billing day of the period';
COMMENT ON COLUMN costs.period_end IS 'First billing day after the period';

-- The order of locks is: offsets, rows, books, rollups. Whatever changes a month holds the books shared; what closes,
-- reopens or moves months holds them alone. Both end with the transaction: nothing stays on a pooled connection. The books
-- are locked as a table, because any login may take any advisory lock.
CREATE FUNCTION daybook_require_read_committed() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  -- A snapshot from before the wait for a lock would not see what was changed meanwhile.
  IF pg_catalog.current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the books cannot be changed at isolation level %', pg_catalog.current_setting('transaction_isolation')
      USING ERRCODE = 'feature_not_supported', HINT = 'Use READ COMMITTED.';
  END IF;
END $$;
COMMENT ON FUNCTION daybook_require_read_committed IS 'Refuses any other isolation level';

CREATE FUNCTION daybook_share_books() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM daybook_require_read_committed();
  LOCK TABLE billing_periods IN ROW EXCLUSIVE MODE;
END $$;
COMMENT ON FUNCTION daybook_share_books IS 'Keeps months open or closed as they are until the end of the transaction';

CREATE FUNCTION daybook_lock_books() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM daybook_require_read_committed();
  LOCK TABLE billing_periods IN SHARE ROW EXCLUSIVE MODE;
END $$;
COMMENT ON FUNCTION daybook_lock_books IS 'Waits until no transaction changes a month, and lets none in until the end of this one';

-- Ahead of the first row: else a change that stays open across a close would end in a closed month.
CREATE FUNCTION daybook_share_books_first() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM daybook_share_books();
  RETURN NULL;
END $$;
COMMENT ON FUNCTION daybook_share_books_first IS 'Trigger: what a statement finds open or closed stays so until its transaction ends';

-- Once for each statement, over the rows that it touched: no program can change a closed month, whatever its rights.
CREATE FUNCTION daybook_refuse_closed_days() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  open_from date := daybook_first_open_month();
BEGIN
  IF open_from > '-infinity' AND EXISTS (SELECT FROM touched WHERE day < open_from) THEN
    RAISE EXCEPTION 'days before % are closed', open_from USING ERRCODE = 'insufficient_privilege',
      HINT = 'What changes their cost is an adjustment; see daybook periods reopen.';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION daybook_refuse_closed_days IS 'Trigger: days of closed months do not change';

CREATE FUNCTION daybook_refuse_closed_months() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  open_from date := daybook_first_open_month();
BEGIN
  IF open_from > '-infinity' AND EXISTS (SELECT FROM touched WHERE month < open_from) THEN
    RAISE EXCEPTION 'months before % are closed', open_from USING ERRCODE = 'insufficient_privilege',
      HINT = 'What changes their cost is an adjustment; see daybook periods reopen.';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION daybook_refuse_closed_months IS 'Trigger: closed months do not change';

DO $$
DECLARE
  cost_table text;
  change record;
BEGIN
  FOREACH cost_table IN ARRAY ARRAY['costs_daily', 'costs_monthly'] LOOP
    FOR change IN SELECT * FROM (VALUES ('insert', 'NEW'), ('update', 'OLD'), ('delete', 'OLD')) AS c(event, image) LOOP
      EXECUTE format('CREATE TRIGGER refuse_closed_%s AFTER %s ON %I REFERENCING %s TABLE AS touched FOR EACH STATEMENT'
                     ' EXECUTE FUNCTION %I()', change.event, change.event, cost_table, change.image,
                     CASE cost_table WHEN 'costs_daily' THEN 'daybook_refuse_closed_days' ELSE 'daybook_refuse_closed_months' END);
    END LOOP;
    -- A row must not move into a closed month either; its key is otherwise never updated.
    EXECUTE format('CREATE TRIGGER refuse_closed_move AFTER UPDATE ON %I REFERENCING NEW TABLE AS touched FOR EACH STATEMENT'
                   ' EXECUTE FUNCTION %I()', cost_table,
                   CASE cost_table WHEN 'costs_daily' THEN 'daybook_refuse_closed_days' ELSE 'daybook_refuse_closed_months' END);
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT'
                   ' EXECUTE FUNCTION daybook_refuse_change()', cost_table);
    EXECUTE format('CREATE TRIGGER share_books BEFORE INSERT OR UPDATE OR DELETE ON %I FOR EACH STATEMENT'
                   ' EXECUTE FUNCTION daybook_share_books_first()', cost_table);
  END LOOP;
END $$;
CREATE TRIGGER share_books BEFORE INSERT ON cost_adjustments
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_share_books_first();
ALTER TABLE cost_adjustments ENABLE ALWAYS TRIGGER share_books;

-- What is late, and what it costs, is not for the caller to say: the batch must be in the ledger by this same transaction,
-- and its lines are the sums of the rows that stand at its positions. Once, because positions are consumed once.
CREATE FUNCTION daybook_post_late(p_batch uuid, p_tenants text[], p_days date[]) RETURNS TABLE (records bigint, cost numeric)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' SET row_security = off
SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
  open_from date;
  ledger jsonb;
  late record;
  starts timestamptz;
  ends timestamptz;
  is_zoned boolean;
BEGIN
  PERFORM daybook_share_books();
  open_from := daybook_first_open_month();
  SELECT b.spans INTO ledger FROM ingest_batches b
   WHERE b.batch_id = p_batch AND b.committed_at >= pg_catalog.transaction_timestamp() - interval '1 minute'
     -- Of this transaction, and its savepoints: whoever writes a row holds the lock of the row's transaction.
     AND EXISTS (SELECT FROM pg_catalog.pg_locks l
                  WHERE l.locktype = 'transactionid' AND l.transactionid = b.xmin AND l.pid = pg_catalog.pg_backend_pid()
                    AND l.mode = 'ExclusiveLock' AND l.granted);
  IF ledger IS NULL OR EXISTS (SELECT FROM cost_adjustments a WHERE a.batch_id = p_batch AND a.kind = 'late') THEN
    RAISE EXCEPTION 'batch % is not the one of this transaction, or its late records are posted already', p_batch
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  FOR late IN SELECT DISTINCT w.tenant, w.day
      FROM ROWS FROM (pg_catalog.unnest(p_tenants), pg_catalog.unnest(p_days)) AS w(tenant, day) ORDER BY 1, 2
  LOOP
    IF late.tenant IS NULL OR late.day IS NULL OR late.day >= open_from THEN
      RAISE EXCEPTION 'records of % are not late: % is not closed', late.tenant, coalesce(late.day::text, 'no day')
        USING ERRCODE = 'invalid_parameter_value';
    END IF;
    is_zoned := EXISTS (SELECT FROM tenant_time_zones z WHERE z.tenant_id = late.tenant);
    starts := late.day::timestamp AT TIME ZONE 'UTC';
    ends := starts + interval '1 day';
    IF is_zoned THEN
      starts := starts - interval '2 days';
      ends := ends + interval '2 days';
    END IF;
    INSERT INTO cost_adjustments (kind, tenant_id, charge_day, billing_month, time_zone, project_id, provider, model,
      service_tier, currency, cost, records, failed_records, unpriced_records, input_tokens, output_tokens,
      cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, reason, batch_id)
    SELECT 'late', late.tenant, late.day, open_from,
      CASE WHEN is_zoned THEN pg_catalog.max(daybook_billing_zone(i.tenant_id, i.occurred_at)) ELSE 'UTC' END,
      coalesce(i.project_id, ''), i.provider, coalesce(i.response_model, i.request_model), i.service_tier,
      CASE WHEN i.cost IS NULL THEN 'XXX' ELSE i.currency END, coalesce(pg_catalog.sum(i.cost), 0), pg_catalog.count(*),
      pg_catalog.count(*) FILTER (WHERE i.status = 'failure'), pg_catalog.count(*) FILTER (WHERE i.cost IS NULL),
      coalesce(pg_catalog.sum(i.input_tokens), 0), coalesce(pg_catalog.sum(i.output_tokens), 0),
      coalesce(pg_catalog.sum(i.cache_read_input_tokens), 0), coalesce(pg_catalog.sum(i.cache_creation_input_tokens), 0),
      coalesce(pg_catalog.sum(i.reasoning_output_tokens), 0),
      'came after ' || pg_catalog.to_char(late.day, 'YYYY-MM') || ' was closed', p_batch
    FROM invocations i JOIN pg_catalog.jsonb_to_recordset(ledger) AS s(topic text, partition integer, "from" bigint,
           next bigint, "table" text)
      ON s."table" = 'invocations' AND i.source_topic = s.topic COLLATE "C" AND i.source_partition = s.partition
         AND i.source_offset >= s."from" AND i.source_offset < s.next
    WHERE i.tenant_id = late.tenant COLLATE "C" AND i.occurred_at >= starts AND i.occurred_at < ends
      AND (NOT is_zoned OR daybook_billing_day(i.tenant_id, i.occurred_at) = late.day)
    GROUP BY 6, 7, 8, 9, 10;
  END LOOP;
  RETURN QUERY SELECT coalesce(pg_catalog.sum(a.records), 0)::bigint, coalesce(pg_catalog.sum(a.cost), 0)
    FROM cost_adjustments a WHERE a.batch_id = p_batch AND a.kind = 'late';
END $$;
COMMENT ON FUNCTION daybook_post_late IS 'Posts what the batch of this transaction stored on closed days of tenants, as its rows say; returns the sums. SQLSTATE 55000 for any other batch, or again';

-- Adds the staged deltas to both cost tables, in key order: two workers never wait in a circle. Deltas are staged by UTC day,
-- and for tenants with a zone of their own by quarter of an hour: no zone changes its offset within one.
-- A group without a record is what was counted and turned out to be duplicates.
DROP FUNCTION daybook_add_rollups();
CREATE FUNCTION daybook_add_rollups(p_batch uuid) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  open_from date;
  tenants text[];
  days date[];
  staged_records bigint;
  staged_cost numeric;
  late_records bigint;
  late_cost numeric;
BEGIN
  PERFORM daybook_share_books();
  open_from := daybook_first_open_month();
  IF EXISTS (SELECT FROM pg_temp.daybook_rollup_deltas_178b1b36
              WHERE slot IS NULL AND tenant_id IN (SELECT z.tenant_id FROM tenant_time_zones z)) THEN
    RAISE EXCEPTION 'a tenant has another time zone than the batch was made for' USING ERRCODE = 'DB003';
  END IF;
  UPDATE pg_temp.daybook_rollup_deltas_178b1b36 SET
    day = daybook_billing_day(tenant_id, (day + slot * interval '15 minutes') AT TIME ZONE 'UTC'),
    time_zone = daybook_billing_zone(tenant_id, (day + slot * interval '15 minutes') AT TIME ZONE 'UTC')
   WHERE slot IS NOT NULL;

  IF open_from > '-infinity' THEN
    SELECT array_agg(late.tenant_id), array_agg(late.day), sum(late.records), sum(late.cost)
      INTO tenants, days, staged_records, staged_cost
      FROM (SELECT tenant_id, day, sum(records) AS records, sum(cost) AS cost
              FROM pg_temp.daybook_rollup_deltas_178b1b36 WHERE day < open_from
             GROUP BY tenant_id, day HAVING sum(records) > 0) AS late;
    IF tenants IS NOT NULL THEN
      SELECT l.records, l.cost INTO late_records, late_cost FROM daybook_post_late(p_batch, tenants, days) AS l;
      IF (late_records, late_cost) IS DISTINCT FROM (staged_records, staged_cost) THEN
        RAISE EXCEPTION 'the late sums of batch % are not those of its rows', p_batch USING ERRCODE = 'DB004';
      END IF;
    END IF;
  END IF;

  INSERT INTO costs_daily (tenant_id, day, project_id, provider, model, service_tier, currency,
    cost, records, failed_records, unpriced_records, input_tokens,
    output_tokens, cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, updated_at, time_zone)
  SELECT tenant_id, day, project_id, provider, model, service_tier, currency,
    sum(cost), sum(records), sum(failed_records), sum(unpriced_records),
    sum(input_tokens), sum(output_tokens), sum(cache_read_input_tokens),
    sum(cache_creation_input_tokens), sum(reasoning_output_tokens), clock_timestamp(), max(time_zone)
  FROM pg_temp.daybook_rollup_deltas_178b1b36 WHERE day >= open_from
  GROUP BY 1, 2, 3, 4, 5, 6, 7
  HAVING sum(records) > 0
  ORDER BY tenant_id COLLATE "C", 2, provider COLLATE "C", model COLLATE "C",
    project_id COLLATE "C", service_tier COLLATE "C", currency COLLATE "C"
  ON CONFLICT (tenant_id, day, provider, model, project_id, service_tier, currency) DO UPDATE SET
    cost = costs_daily.cost + excluded.cost,
    records = costs_daily.records + excluded.records,
    failed_records = costs_daily.failed_records + excluded.failed_records,
    unpriced_records = costs_daily.unpriced_records + excluded.unpriced_records,
    input_tokens = costs_daily.input_tokens + excluded.input_tokens,
    output_tokens = costs_daily.output_tokens + excluded.output_tokens,
    cache_read_input_tokens = costs_daily.cache_read_input_tokens + excluded.cache_read_input_tokens,
    cache_creation_input_tokens = costs_daily.cache_creation_input_tokens + excluded.cache_creation_input_tokens,
    reasoning_output_tokens = costs_daily.reasoning_output_tokens + excluded.reasoning_output_tokens,
    updated_at = excluded.updated_at, time_zone = excluded.time_zone;

  INSERT INTO costs_monthly (tenant_id, month, project_id, provider, model, service_tier, currency,
    cost, records, failed_records, unpriced_records, input_tokens,
    output_tokens, cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, updated_at, time_zone)
  SELECT tenant_id, date_trunc('month', day)::date, project_id, provider, model, service_tier, currency,
    sum(cost), sum(records), sum(failed_records), sum(unpriced_records),
    sum(input_tokens), sum(output_tokens), sum(cache_read_input_tokens),
    sum(cache_creation_input_tokens), sum(reasoning_output_tokens), clock_timestamp(), max(time_zone)
  FROM pg_temp.daybook_rollup_deltas_178b1b36 WHERE day >= open_from
  GROUP BY 1, 2, 3, 4, 5, 6, 7
  HAVING sum(records) > 0
  ORDER BY tenant_id COLLATE "C", 2, provider COLLATE "C", model COLLATE "C",
    project_id COLLATE "C", service_tier COLLATE "C", currency COLLATE "C"
  ON CONFLICT (tenant_id, month, provider, model, project_id, service_tier, currency) DO UPDATE SET
    cost = costs_monthly.cost + excluded.cost,
    records = costs_monthly.records + excluded.records,
    failed_records = costs_monthly.failed_records + excluded.failed_records,
    unpriced_records = costs_monthly.unpriced_records + excluded.unpriced_records,
    input_tokens = costs_monthly.input_tokens + excluded.input_tokens,
    output_tokens = costs_monthly.output_tokens + excluded.output_tokens,
    cache_read_input_tokens = costs_monthly.cache_read_input_tokens + excluded.cache_read_input_tokens,
    cache_creation_input_tokens = costs_monthly.cache_creation_input_tokens + excluded.cache_creation_input_tokens,
    reasoning_output_tokens = costs_monthly.reasoning_output_tokens + excluded.reasoning_output_tokens,
    updated_at = excluded.updated_at, time_zone = excluded.time_zone;
END $$;
COMMENT ON FUNCTION daybook_add_rollups IS 'Adds the staged deltas to costs_daily and costs_monthly; those of closed months become adjustments of the first open one. SQLSTATE DB003: stage them again, by quarter of an hour';

CREATE OR REPLACE FUNCTION daybook_insert_staged_invocations() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  WITH inserted AS (
    INSERT INTO invocations (
      invocation_id, occurred_at, tenant_id, project_id, user_id, api_key_id, provider,
      operation, request_model, response_model, response_id, input_tokens, output_tokens,
      cache_read_input_tokens, cache_creation_input_tokens, cache_creation_1h_input_tokens,
      reasoning_output_tokens, audio_input_tokens, audio_output_tokens, service_tier, cost,
      currency, cost_source, price_version, status, error_type, finish_reasons, stream,
      duration_ms, time_to_first_token_ms, conversation_id, trace_id, span_id, region, tags,
      metadata, content_sha256, ingested_at, source_topic, source_partition, source_offset)
    SELECT
      invocation_id, occurred_at, tenant_id, project_id, user_id, api_key_id, provider,
      operation, request_model, response_model, response_id, input_tokens, output_tokens,
      cache_read_input_tokens, cache_creation_input_tokens, cache_creation_1h_input_tokens,
      reasoning_output_tokens, audio_input_tokens, audio_output_tokens, service_tier, cost,
      currency, cost_source, price_version, status, error_type, finish_reasons, stream,
      duration_ms, time_to_first_token_ms, conversation_id, trace_id, span_id, region, tags,
      metadata, content_sha256, ingested_at, source_topic, source_partition, source_offset
    FROM pg_temp.daybook_staged_invocations_6335b328
    ORDER BY tenant_id COLLATE "C", occurred_at, invocation_id, source_topic COLLATE "C",
      source_partition, source_offset
    ON CONFLICT DO NOTHING
    RETURNING source_topic, source_partition, source_offset, tenant_id, occurred_at,
      project_id, provider, request_model, response_model, service_tier, currency, cost, status,
      input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
      reasoning_output_tokens
  )
  , noted AS (
    INSERT INTO pg_temp.daybook_inserted_92ea6027
    SELECT source_topic, source_partition, source_offset FROM inserted
  )
  INSERT INTO pg_temp.daybook_rollup_deltas_178b1b36 (tenant_id, day, slot, project_id, provider, model, service_tier, currency,
    records, failed_records, unpriced_records, input_tokens, output_tokens, cache_read_input_tokens,
    cache_creation_input_tokens, reasoning_output_tokens, cost)
  SELECT tenant_id, (occurred_at AT TIME ZONE 'UTC')::date,
    CASE WHEN tenant_id IN (SELECT z.tenant_id FROM tenant_time_zones z)
         THEN floor(extract(epoch FROM (occurred_at AT TIME ZONE 'UTC')::time) / 900) END,
    coalesce(project_id, ''), provider,
    coalesce(response_model, request_model), service_tier, CASE WHEN cost IS NULL THEN 'XXX' ELSE currency END,
    count(*), count(*) FILTER (WHERE status = 'failure'), count(*) FILTER (WHERE cost IS NULL),
    coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0),
    coalesce(sum(cache_read_input_tokens), 0), coalesce(sum(cache_creation_input_tokens), 0),
    coalesce(sum(reasoning_output_tokens), 0), coalesce(sum(cost), 0)
  FROM inserted
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;

  -- Rows that the batch's own deltas have counted already: once again, with the opposite sign.
  IF EXISTS (SELECT FROM pg_temp.daybook_staged_raw_de1abd51 WHERE is_counted) THEN
    INSERT INTO pg_temp.daybook_rollup_deltas_178b1b36 (tenant_id, day, slot, project_id, provider, model, service_tier, currency,
      records, failed_records, unpriced_records, input_tokens, output_tokens, cache_read_input_tokens,
      cache_creation_input_tokens, reasoning_output_tokens, cost)
    SELECT tenant_id, (occurred_at AT TIME ZONE 'UTC')::date,
      CASE WHEN tenant_id IN (SELECT z.tenant_id FROM tenant_time_zones z)
           THEN floor(extract(epoch FROM (occurred_at AT TIME ZONE 'UTC')::time) / 900) END,
      coalesce(project_id, ''), provider,
      coalesce(response_model, request_model), service_tier, CASE WHEN cost IS NULL THEN 'XXX' ELSE currency END,
      -count(*), -count(*) FILTER (WHERE status = 'failure'), -count(*) FILTER (WHERE cost IS NULL),
      -coalesce(sum(input_tokens), 0), -coalesce(sum(output_tokens), 0),
      -coalesce(sum(cache_read_input_tokens), 0), -coalesce(sum(cache_creation_input_tokens), 0),
      -coalesce(sum(reasoning_output_tokens), 0), -coalesce(sum(cost), 0)
    FROM pg_temp.daybook_staged_invocations_6335b328 JOIN pg_temp.daybook_staged_raw_de1abd51 r USING (source_topic, source_partition, source_offset)
    WHERE r.is_counted
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
  END IF;
END $$;
COMMENT ON FUNCTION daybook_insert_staged_invocations IS 'Inserts the staged rows in key order (unsorted writers deadlock even with DO NOTHING) and notes which were new';

CREATE OR REPLACE FUNCTION daybook_insert_staged_audit_logs() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  WITH inserted AS (
    INSERT INTO audit_logs (
      event_id, occurred_at, tenant_id, action, category, actor_id, actor_type, actor_name,
      target_type, target_id, target_name, targets, outcome, reason, severity, source_ip,
      user_agent, session_id, request_id, trace_id, span_id, service, service_version,
      metadata, changes, content_sha256, ingested_at, source_topic, source_partition,
      source_offset)
    SELECT
      event_id, occurred_at, tenant_id, action, category, actor_id, actor_type, actor_name,
      target_type, target_id, target_name, targets, outcome, reason, severity, source_ip,
      user_agent, session_id, request_id, trace_id, span_id, service, service_version,
      metadata, changes, content_sha256, ingested_at, source_topic, source_partition,
      source_offset
    FROM pg_temp.daybook_staged_audit_logs_0443fece
    ORDER BY tenant_id COLLATE "C", occurred_at, event_id, source_topic COLLATE "C",
      source_partition, source_offset
    ON CONFLICT DO NOTHING
    RETURNING source_topic, source_partition, source_offset
  )
  INSERT INTO pg_temp.daybook_inserted_92ea6027 SELECT * FROM inserted;
END $$;
COMMENT ON FUNCTION daybook_insert_staged_audit_logs IS 'Inserts the staged rows in key order (unsorted writers deadlock even with DO NOTHING) and notes which were new';

-- What a record said, from its row: not where it came from, and not what it was priced at. A column that is null is one
-- that the record does not have, and so is one that a later version has added.
CREATE FUNCTION daybook_content(p_row jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path FROM CURRENT AS $$
  SELECT pg_catalog.jsonb_object_agg(c.key, c.value)
    FROM pg_catalog.jsonb_each(p_row) AS c
   WHERE c.value <> 'null'::jsonb
     AND c.key NOT IN ('content_sha256', 'ingested_at', 'source_topic', 'source_partition', 'source_offset')
     AND (c.key NOT IN ('cost', 'currency', 'cost_source', 'price_version') OR p_row->>'cost_source' = 'producer')
$$;
COMMENT ON FUNCTION daybook_content IS 'The columns of a row that are there and that its producer decides';

-- Equal fingerprints are equal content. Different ones are not different content: the fingerprint is that of the bytes of one
-- version of the program, and jsonb is equal whatever the order of its keys. So the columns decide.
CREATE FUNCTION daybook_same_content(p_table text, p_rows jsonb[])
RETURNS TABLE (source_topic text, source_partition integer, source_offset bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  first timestamptz;
  last timestamptz;
BEGIN
  SELECT pg_catalog.min((r->>'occurred_at')::timestamptz), pg_catalog.max((r->>'occurred_at')::timestamptz)
    INTO first, last FROM pg_catalog.unnest(p_rows) AS r;
  IF p_table = 'audit_logs' THEN
    RETURN QUERY
      SELECT r->>'source_topic', (r->>'source_partition')::integer, (r->>'source_offset')::bigint
        FROM pg_catalog.unnest(p_rows) AS r
        JOIN audit_logs t ON t.tenant_id = (r->>'tenant_id') COLLATE "C"
         AND t.occurred_at = (r->>'occurred_at')::timestamptz AND t.event_id = (r->>'event_id')::uuid
       WHERE t.occurred_at BETWEEN first AND last
         AND daybook_content(pg_catalog.to_jsonb(t)) = daybook_content(r);
  ELSE
    RETURN QUERY
      SELECT r->>'source_topic', (r->>'source_partition')::integer, (r->>'source_offset')::bigint
        FROM pg_catalog.unnest(p_rows) AS r
        JOIN invocations t ON t.tenant_id = (r->>'tenant_id') COLLATE "C"
         AND t.occurred_at = (r->>'occurred_at')::timestamptz AND t.invocation_id = (r->>'invocation_id')::uuid
       WHERE t.occurred_at BETWEEN first AND last
         -- The spellings of providers may have changed in between.
         AND daybook_content(pg_catalog.to_jsonb(t) || pg_catalog.jsonb_build_object('provider', daybook_provider(t.provider)))
           = daybook_content(r || pg_catalog.jsonb_build_object('provider', daybook_provider(r->>'provider')));
  END IF;
END $$;
COMMENT ON FUNCTION daybook_same_content IS 'Which of these rows are in the table with the same content, column by column as PostgreSQL compares them';

-- What became of each staged row. Equal content under the same identity is a duplicate; other content is
-- a conflict and is kept as a rejected record: evidence, not noise. The range is for the planner, which then looks
-- into the months of the batch only: into all of them, each look-up would be planned, opened and compiled for each.
CREATE OR REPLACE FUNCTION daybook_settle_duplicates(p_batch uuid, p_cluster text, p_staged text[]) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  first timestamptz;
  last timestamptz;
BEGIN
  IF 'audit_logs' = ANY (p_staged) THEN
    SELECT min(occurred_at), max(occurred_at) INTO first, last FROM pg_temp.daybook_staged_audit_logs_0443fece;
    INSERT INTO pg_temp.daybook_settled_7361c080 (table_name, source_topic, source_partition, source_offset, verdict)
    SELECT 'audit_logs', s.source_topic, s.source_partition, s.source_offset,
           CASE WHEN i.source_offset IS NOT NULL THEN 'stored'
                WHEN s.content_sha256 = (
                  SELECT t.content_sha256 FROM audit_logs t
                   WHERE t.occurred_at BETWEEN first AND last AND t.tenant_id = s.tenant_id COLLATE "C"
                     AND t.occurred_at = s.occurred_at AND t.event_id = s.event_id) THEN 'duplicate'
                ELSE 'conflict' END
      FROM pg_temp.daybook_staged_audit_logs_0443fece s
      LEFT JOIN pg_temp.daybook_inserted_92ea6027 i USING (source_topic, source_partition, source_offset);
    IF EXISTS (SELECT FROM pg_temp.daybook_settled_7361c080 WHERE verdict = 'conflict' AND table_name = 'audit_logs') THEN
      UPDATE pg_temp.daybook_settled_7361c080 d SET verdict = 'duplicate'
        FROM daybook_same_content('audit_logs', ARRAY(
               SELECT to_jsonb(s) FROM pg_temp.daybook_staged_audit_logs_0443fece s
                 JOIN pg_temp.daybook_settled_7361c080 c USING (source_topic, source_partition, source_offset)
                WHERE c.verdict = 'conflict')) AS same
       WHERE d.source_topic = same.source_topic AND d.source_partition = same.source_partition
         AND d.source_offset = same.source_offset;
    END IF;
  END IF;
  IF 'invocations' = ANY (p_staged) THEN
    SELECT min(occurred_at), max(occurred_at) INTO first, last FROM pg_temp.daybook_staged_invocations_6335b328;
    INSERT INTO pg_temp.daybook_settled_7361c080 (table_name, source_topic, source_partition, source_offset, verdict)
    SELECT 'invocations', s.source_topic, s.source_partition, s.source_offset,
           CASE WHEN i.source_offset IS NOT NULL THEN 'stored'
                WHEN s.content_sha256 = (
                  SELECT t.content_sha256 FROM invocations t
                   WHERE t.occurred_at BETWEEN first AND last AND t.tenant_id = s.tenant_id COLLATE "C"
                     AND t.occurred_at = s.occurred_at AND t.invocation_id = s.invocation_id) THEN 'duplicate'
                ELSE 'conflict' END
      FROM pg_temp.daybook_staged_invocations_6335b328 s
      LEFT JOIN pg_temp.daybook_inserted_92ea6027 i USING (source_topic, source_partition, source_offset);
    IF EXISTS (SELECT FROM pg_temp.daybook_settled_7361c080 WHERE verdict = 'conflict' AND table_name = 'invocations') THEN
      UPDATE pg_temp.daybook_settled_7361c080 d SET verdict = 'duplicate'
        FROM daybook_same_content('invocations', ARRAY(
               SELECT to_jsonb(s) FROM pg_temp.daybook_staged_invocations_6335b328 s
                 JOIN pg_temp.daybook_settled_7361c080 c USING (source_topic, source_partition, source_offset)
                WHERE c.verdict = 'conflict')) AS same
       WHERE d.source_topic = same.source_topic AND d.source_partition = same.source_partition
         AND d.source_offset = same.source_offset;
    END IF;
  END IF;
  INSERT INTO rejected_records (rejected_at, cluster_id, topic, partition, "offset", record_timestamp, table_name,
    reason, field, message, key, payload, headers, batch_id)
  SELECT clock_timestamp(), p_cluster, d.source_topic, d.source_partition, d.source_offset, r.record_timestamp,
    d.table_name, 'conflicting_duplicate', NULL,
    'a record with the same tenant_id, occurred_at and id but other content is stored already; send a new id',
    r.key, r.payload, r.headers, p_batch
  FROM pg_temp.daybook_settled_7361c080 d
  LEFT JOIN pg_temp.daybook_staged_raw_de1abd51 r USING (source_topic, source_partition, source_offset)
  WHERE d.verdict = 'conflict';
END $$;
COMMENT ON FUNCTION daybook_settle_duplicates IS 'Tells stored, duplicate and conflicting staged rows apart and keeps the conflicts';

-- Part of the first message of a batch, before its rows. What it says holds for the second message only if that meets the
-- same transaction; the names of the temporary tables end with a hash of their columns, so that another version of the
-- program brings its own, and rows in them are not of this batch.
CREATE FUNCTION daybook_begin_batch(p_batch uuid, p_staged text[], p_price_version bigint, p_priced_at numeric)
RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  is_empty boolean;
BEGIN
  PERFORM set_config('daybook.batch', p_batch::text, true);
  IF p_price_version > 0 AND NOT EXISTS (SELECT FROM price_versions v
       WHERE v.version = p_price_version AND extract(epoch FROM v.changed_at) = p_priced_at) THEN
    RAISE EXCEPTION 'this database does not have version % of the prices that the batch was made with', p_price_version
      USING ERRCODE = 'DB005';
  END IF;
  is_empty := NOT EXISTS (SELECT FROM pg_temp.daybook_rollup_deltas_178b1b36);
  IF is_empty AND cardinality(p_staged) > 0 THEN
    is_empty := NOT EXISTS (SELECT FROM pg_temp.daybook_staged_raw_de1abd51) AND NOT EXISTS (SELECT FROM pg_temp.daybook_inserted_92ea6027)
      AND NOT EXISTS (SELECT FROM pg_temp.daybook_settled_7361c080);
  END IF;
  IF is_empty AND 'audit_logs' = ANY (p_staged) THEN
    is_empty := NOT EXISTS (SELECT FROM pg_temp.daybook_staged_audit_logs_0443fece);
  END IF;
  IF is_empty AND 'invocations' = ANY (p_staged) THEN
    is_empty := NOT EXISTS (SELECT FROM pg_temp.daybook_staged_invocations_6335b328);
  END IF;
  IF NOT is_empty THEN
    RAISE EXCEPTION 'the temporary tables of a batch hold rows before it' USING ERRCODE = 'DB004';
  END IF;
END $$;
COMMENT ON FUNCTION daybook_begin_batch IS 'Names the batch of the transaction. SQLSTATE DB004: the temporary tables are not empty; DB005: the prices that the batch was made with are not in this database';

-- Offsets and ledger move together and only so: whoever writes batches has no right to change either by itself.
CREATE FUNCTION daybook_lock_offsets(p_cluster text, p_topics text[], p_partitions integer[])
RETURNS TABLE (topic text, "partition" integer, next_offset bigint, epoch bigint, last_batch uuid)
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT o.topic, o.partition, o.next_offset, o.epoch, o.last_batch
    FROM ingest_offsets o
    JOIN ROWS FROM (pg_catalog.unnest(p_topics), pg_catalog.unnest(p_partitions)) AS wanted (topic, partition)
      ON o.topic = wanted.topic AND o.partition = wanted.partition
   WHERE o.cluster_id = p_cluster ORDER BY o.topic, o.partition FOR UPDATE OF o
$$;
COMMENT ON FUNCTION daybook_lock_offsets IS 'Positions, locked in key order until the end of the transaction';

CREATE FUNCTION daybook_fence_offsets(p_cluster text, p_spans jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  fenced bigint;
BEGIN
  SELECT pg_catalog.jsonb_array_length(p_spans)
         - pg_catalog.count(*) FILTER (WHERE locked.next_offset = locked."from" AND locked.epoch = locked.claimed) INTO fenced
    FROM (SELECT o.next_offset, o.epoch, s."from", s.epoch AS claimed
            FROM ingest_offsets o
            JOIN pg_catalog.jsonb_to_recordset(p_spans) AS s(topic text, partition integer, "from" bigint, epoch bigint)
              ON o.topic = s.topic AND o.partition = s.partition
           WHERE o.cluster_id = p_cluster ORDER BY o.topic, o.partition FOR UPDATE OF o) AS locked;
  IF fenced IS DISTINCT FROM 0 THEN
    RAISE EXCEPTION 'fenced: % of % partitions have another owner or position', fenced,
      pg_catalog.jsonb_array_length(p_spans) USING ERRCODE = 'DB001';
  END IF;
END $$;
COMMENT ON FUNCTION daybook_fence_offsets IS 'Locks the positions of a batch in key order; SQLSTATE DB001 unless each is at its beginning and of its epoch';

-- p_spans has the epochs and anchors, p_ledger what became of the records.
CREATE FUNCTION daybook_write_ledger(p_batch uuid, p_owner text, p_cluster text, p_spans jsonb, p_ledger jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  moved bigint;
BEGIN
  UPDATE ingest_offsets o
     SET next_offset = l.next, last_batch = p_batch, updated_at = pg_catalog.clock_timestamp(),
         anchor_offset = s.anchor_offset, anchor_hash = pg_catalog.decode(s.anchor_hash, 'hex')
    FROM pg_catalog.jsonb_to_recordset(p_spans) AS s(topic text, partition integer, epoch bigint, anchor_offset bigint,
           anchor_hash text),
         pg_catalog.jsonb_to_recordset(p_ledger) AS l(cluster text, topic text, partition integer, "from" bigint,
           next bigint, seen bigint, gaps bigint)
   WHERE l.topic = s.topic AND l.partition = s.partition AND l.cluster = p_cluster AND p_cluster <> 'daybook'
     AND o.cluster_id = p_cluster AND o.topic = s.topic AND o.partition = s.partition
     AND o.next_offset = l."from" AND o.epoch = s.epoch
     AND l.next - l."from" = l.seen + l.gaps AND l.next >= l."from";
  GET DIAGNOSTICS moved = ROW_COUNT;
  IF moved IS DISTINCT FROM pg_catalog.jsonb_array_length(p_ledger) THEN
    RAISE EXCEPTION 'batch %: the ledger does not say what the positions do', p_batch USING ERRCODE = 'internal_error';
  END IF;
  INSERT INTO ingest_batches (batch_id, owner, seen, stored, duplicates, rejected, gap_offsets, spans)
  SELECT p_batch, p_owner, pg_catalog.sum(l.seen), pg_catalog.sum(l.stored), pg_catalog.sum(l.duplicates),
         pg_catalog.sum(l.rejected), pg_catalog.sum(l.gaps), p_ledger
    FROM pg_catalog.jsonb_to_recordset(p_ledger) AS l(seen bigint, stored bigint, duplicates bigint, rejected bigint, gaps bigint);
END $$;
COMMENT ON FUNCTION daybook_write_ledger IS 'Writes the ledger row of a batch, and moves the positions by exactly what it says';

-- The second message of a batch: everything after the COPYs, in one statement that the server finishes
-- even if its client is gone. Order: fence, rows, refusals, ledger, rollups (hot rows, locked last).
CREATE OR REPLACE FUNCTION daybook_apply_batch(
  p_batch uuid, p_owner text, p_cluster text, p_spans jsonb, p_staged text[], p_rollups boolean)
RETURNS TABLE (table_name text, seen bigint, stored bigint, duplicates bigint, rejected bigint)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  ledger jsonb;
BEGIN
  IF current_setting('daybook.batch', true) IS DISTINCT FROM p_batch::text THEN
    RAISE EXCEPTION 'the rows of batch % were copied in another transaction', p_batch USING ERRCODE = 'DB004';
  END IF;
  PERFORM daybook_fence_offsets(p_cluster, p_spans);

  IF cardinality(p_staged) > 0 THEN
    IF 'audit_logs' = ANY (p_staged) THEN
      PERFORM daybook_insert_staged_audit_logs();
    END IF;
    IF 'invocations' = ANY (p_staged) THEN
      PERFORM daybook_insert_staged_invocations();
    END IF;
    PERFORM daybook_settle_duplicates(p_batch, p_cluster, p_staged);
    SELECT jsonb_agg(to_jsonb(s) - 'direct' || jsonb_build_object(
             'stored', s.direct + coalesce(d.stored, 0), 'duplicates', coalesce(d.duplicates, 0),
             'rejected', s.rejected + coalesce(d.conflicts, 0)) ORDER BY s.topic, s.partition)
      INTO ledger
      FROM jsonb_to_recordset(p_spans) AS s(cluster text, topic text, partition integer, "from" bigint, next bigint,
             "table" text, seen bigint, direct bigint, rejected bigint, gaps bigint)
      LEFT JOIN (SELECT source_topic, source_partition,
                        count(*) FILTER (WHERE verdict = 'stored') AS stored,
                        count(*) FILTER (WHERE verdict = 'duplicate') AS duplicates,
                        count(*) FILTER (WHERE verdict = 'conflict') AS conflicts
                   FROM pg_temp.daybook_settled_7361c080 GROUP BY 1, 2) AS d
        ON d.source_topic = s.topic AND d.source_partition = s.partition;
  ELSE
    SELECT jsonb_agg(to_jsonb(s) - 'direct' || jsonb_build_object('stored', s.direct, 'duplicates', 0)
             ORDER BY s.topic, s.partition)
      INTO ledger
      FROM jsonb_to_recordset(p_spans) AS s(cluster text, topic text, partition integer, "from" bigint, next bigint,
             "table" text, seen bigint, direct bigint, rejected bigint, gaps bigint);
  END IF;

  PERFORM daybook_write_ledger(p_batch, p_owner, p_cluster, p_spans, ledger);

  IF (SELECT coalesce(sum(records), 0) FROM pg_temp.daybook_rollup_deltas_178b1b36) IS DISTINCT FROM
     (SELECT coalesce(sum(l.stored), 0) FROM jsonb_to_recordset(ledger) AS l("table" text, stored bigint)
       WHERE l."table" = 'invocations') THEN
    RAISE EXCEPTION 'the sums of batch % are not those of its rows', p_batch USING ERRCODE = 'DB004';
  END IF;
  IF p_rollups OR 'invocations' = ANY (p_staged) THEN
    PERFORM daybook_add_rollups(p_batch);
  END IF;

  RETURN QUERY
  SELECT l."table", sum(l.seen)::bigint, sum(l.stored)::bigint, sum(l.duplicates)::bigint, sum(l.rejected)::bigint
    FROM jsonb_to_recordset(ledger) AS l("table" text, seen bigint, stored bigint, duplicates bigint, rejected bigint)
   GROUP BY 1;
END $$;
COMMENT ON FUNCTION daybook_apply_batch IS 'Fences the offsets (SQLSTATE DB001), inserts the staged rows of the tables p_staged, keeps conflicts, writes the ledger, adds the rollups. SQLSTATE DB004: the rows are of another transaction, or their number is not that of the rollups';


-- Rollups are read by month as well as by tenant; rows come nearly in order of time.
CREATE INDEX costs_daily_day ON costs_daily USING brin (day) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX costs_monthly_month ON costs_monthly USING brin (month) WITH (pages_per_range = 16, autosummarize = on);

-- What each call costs now: the record, and what was posted beside it.
CREATE VIEW invocation_costs AS
SELECT i.tenant_id, i.occurred_at, i.invocation_id, i.project_id, i.provider, i.operation, i.request_model, i.response_model,
       i.service_tier, i.status, i.input_tokens, i.output_tokens, i.cache_read_input_tokens, i.cache_creation_input_tokens,
       i.cache_creation_1h_input_tokens, i.reasoning_output_tokens, i.audio_input_tokens, i.audio_output_tokens,
       CASE WHEN c.currency <> 'XXX' THEN c.cost END AS cost,
       CASE WHEN c.currency <> 'XXX' THEN c.currency END AS currency,
       CASE WHEN a.adjustment_id IS NULL THEN i.cost_source ELSE 'computed' END AS cost_source,
       CASE WHEN a.adjustment_id IS NULL THEN i.price_version ELSE a.to_price_version END AS price_version,
       i.cost AS recorded_cost, i.currency AS recorded_currency, i.cost_source AS recorded_cost_source,
       i.price_version AS recorded_price_version, a.adjustment_id AS last_adjustment_id,
       i.ingested_at, i.source_topic, i.source_partition, i.source_offset, i.region
  FROM invocations i
  LEFT JOIN LATERAL (
    SELECT l.adjustment_id, l.to_price_version FROM cost_adjustments l
     WHERE l.kind = 'reprice' AND l.tenant_id = i.tenant_id AND l.occurred_at = i.occurred_at
       AND l.invocation_id = i.invocation_id
     ORDER BY l.adjustment_id DESC LIMIT 1) AS a ON true
  LEFT JOIN LATERAL (
    -- The record counts once, in the currency where its lines leave it.
    SELECT e.currency, sum(e.cost) AS cost FROM (
      SELECT CASE WHEN i.cost IS NULL THEN 'XXX' ELSE i.currency END AS currency, coalesce(i.cost, 0) AS cost, 1 AS records
      UNION ALL
      SELECT l.currency, l.cost, l.records FROM cost_adjustments l
       WHERE l.kind = 'reprice' AND l.tenant_id = i.tenant_id AND l.occurred_at = i.occurred_at
         AND l.invocation_id = i.invocation_id) AS e
     GROUP BY e.currency HAVING sum(e.records) = 1) AS c ON true;
COMMENT ON VIEW invocation_costs IS 'What each call costs now: the record with its adjustments applied; recorded_… is what the record says';

-- Rebuilds the open months of one tenant from the records and adjustments. The caller holds the books alone.
CREATE FUNCTION daybook_rebuild_tenant(p_tenant text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' SET row_security = off AS $$
DECLARE
  open_from date := daybook_first_open_month();
  starts timestamptz := '-infinity';
BEGIN
  -- Every instant of an open month is behind the end of the last closed one, in the zone that it was closed with.
  IF open_from > '-infinity' THEN
    starts := open_from::timestamp AT TIME ZONE coalesce(
      (SELECT time_zone FROM tenant_time_zones WHERE tenant_id = p_tenant AND first_month < open_from
        ORDER BY first_month DESC LIMIT 1), 'UTC');
  END IF;
  -- Where that midnight comes twice, the first of them begins the day: read from before it, and choose by the day.
  starts := starts - interval '1 day';
  IF EXISTS (SELECT FROM partition_retirements r WHERE r.table_name = 'invocations' AND r.upper_bound > starts) THEN
    RAISE EXCEPTION 'records of open months have left with retired partitions' USING ERRCODE = 'object_not_in_prerequisite_state',
      HINT = 'Close these months first: daybook periods close.';
  END IF;
  IF EXISTS (SELECT FROM cost_adjustments WHERE tenant_id = p_tenant AND charge_month >= open_from AND billing_month <> charge_month) THEN
    RAISE EXCEPTION 'a reopened month has corrections in a later one' USING ERRCODE = 'object_not_in_prerequisite_state',
      HINT = 'Close it again first: daybook periods close.';
  END IF;
  DELETE FROM costs_daily WHERE tenant_id = p_tenant AND day >= open_from;
  DELETE FROM costs_monthly WHERE tenant_id = p_tenant AND month >= open_from;
  INSERT INTO costs_daily (tenant_id, day, project_id, provider, model, service_tier, currency, cost, records, failed_records,
    unpriced_records, input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
    reasoning_output_tokens, updated_at, time_zone)
  SELECT p_tenant, day, project_id, provider, model, service_tier, currency, pg_catalog.sum(cost), pg_catalog.sum(records), pg_catalog.sum(failed_records),
    pg_catalog.sum(unpriced_records), pg_catalog.sum(input_tokens), pg_catalog.sum(output_tokens), pg_catalog.sum(cache_read_input_tokens),
    pg_catalog.sum(cache_creation_input_tokens), pg_catalog.sum(reasoning_output_tokens), pg_catalog.clock_timestamp(), pg_catalog.max(zone)
  FROM (
    SELECT daybook_billing_day(p_tenant, occurred_at) AS day, daybook_billing_zone(p_tenant, occurred_at) AS zone,
      coalesce(project_id, '') AS project_id, provider, coalesce(response_model, request_model) AS model, service_tier,
      CASE WHEN cost IS NULL THEN 'XXX' ELSE currency END AS currency, coalesce(cost, 0) AS cost, 1 AS records,
      (status = 'failure')::integer AS failed_records, (cost IS NULL)::integer AS unpriced_records,
      coalesce(input_tokens, 0) AS input_tokens, coalesce(output_tokens, 0) AS output_tokens, cache_read_input_tokens,
      cache_creation_input_tokens, reasoning_output_tokens
    FROM invocations
    WHERE tenant_id = p_tenant AND occurred_at >= starts AND daybook_billing_day(p_tenant, occurred_at) >= open_from
    UNION ALL
    SELECT daybook_billing_day(p_tenant, occurred_at), daybook_billing_zone(p_tenant, occurred_at), project_id, provider,
      model, service_tier, currency, cost, records, failed_records, unpriced_records, input_tokens, output_tokens,
      cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens
    FROM cost_adjustments
    WHERE tenant_id = p_tenant AND kind = 'reprice' AND billing_month = charge_month AND occurred_at >= starts
      AND daybook_billing_day(p_tenant, occurred_at) >= open_from) AS amounts
  GROUP BY 2, 3, 4, 5, 6, 7;
  INSERT INTO costs_monthly (tenant_id, month, project_id, provider, model, service_tier, currency, cost, records,
    failed_records, unpriced_records, input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
    reasoning_output_tokens, updated_at, time_zone)
  SELECT tenant_id, pg_catalog.date_trunc('month', day)::date, project_id, provider, model, service_tier, currency, pg_catalog.sum(cost),
    pg_catalog.sum(records), pg_catalog.sum(failed_records), pg_catalog.sum(unpriced_records), pg_catalog.sum(input_tokens), pg_catalog.sum(output_tokens),
    pg_catalog.sum(cache_read_input_tokens), pg_catalog.sum(cache_creation_input_tokens), pg_catalog.sum(reasoning_output_tokens), pg_catalog.clock_timestamp(),
    pg_catalog.max(time_zone)
  FROM costs_daily WHERE tenant_id = p_tenant AND day >= open_from
  GROUP BY 1, 2, 3, 4, 5, 6, 7;
END $$;
COMMENT ON FUNCTION daybook_rebuild_tenant IS 'Makes the rollups of a tenant''s open months again from its records and adjustments';

-- p_changes: any of display_name, time_zone, payer, currency; what is not named stays, null takes away.
CREATE FUNCTION daybook_set_tenant(p_tenant text, p_changes jsonb, p_reason text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  before tenants;
  changed tenants;
  zone_in_force text;
  zone_of_closed text;
  open_from date;
  unknown text;
BEGIN
  IF p_changes IS NULL THEN
    RAISE EXCEPTION 'the changes are missing' USING ERRCODE = 'null_value_not_allowed';
  END IF;
  SELECT pg_catalog.string_agg(key, ', ') INTO unknown FROM pg_catalog.jsonb_object_keys(p_changes) AS key
   WHERE key NOT IN ('display_name', 'time_zone', 'payer', 'currency');
  IF unknown IS NOT NULL THEN
    RAISE EXCEPTION 'a tenant has no %', unknown USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- Another zone moves days between months: only then nobody may add to them meanwhile.
  IF p_changes ? 'time_zone' THEN
    PERFORM daybook_lock_books();
  ELSE
    PERFORM daybook_require_read_committed();
  END IF;
  INSERT INTO tenants (tenant_id) VALUES (p_tenant) ON CONFLICT DO NOTHING;
  SELECT * INTO before FROM tenants WHERE tenant_id = p_tenant FOR UPDATE;
  changed := before;
  IF p_changes ? 'display_name' THEN changed.display_name := p_changes->>'display_name'; END IF;
  IF p_changes ? 'payer' THEN changed.payer := p_changes->>'payer'; END IF;
  IF p_changes ? 'currency' THEN changed.currency := p_changes->>'currency'; END IF;
  IF p_changes ? 'time_zone' THEN changed.time_zone := coalesce(p_changes->>'time_zone', 'UTC'); END IF;
  -- localtime is what the host says, and a replica may be another host; the rest are no places.
  IF changed.time_zone <> before.time_zone AND (changed.time_zone ~ '^(localtime|posixrules|Factory|posix/.*|right/.*)$'
     OR NOT EXISTS (SELECT FROM pg_timezone_names WHERE name = changed.time_zone)) THEN
    RAISE EXCEPTION 'there is no time zone %', changed.time_zone USING ERRCODE = 'invalid_parameter_value',
      HINT = 'Use a name of the IANA database, such as Europe/Berlin.';
  END IF;
  IF changed IS DISTINCT FROM before THEN
    UPDATE tenants SET display_name = changed.display_name, payer = changed.payer, currency = changed.currency,
      time_zone = changed.time_zone, updated_at = pg_catalog.clock_timestamp(), updated_by = session_user
     WHERE tenant_id = p_tenant;
  END IF;
  IF (changed.display_name, changed.payer, changed.currency) IS DISTINCT FROM (before.display_name, before.payer, before.currency) THEN
    INSERT INTO billing_journal (action, tenant_id, reason, detail)
    VALUES ('tenant', p_tenant, p_reason, pg_catalog.jsonb_build_object(
      'before', pg_catalog.to_jsonb(before) - '{tenant_id,time_zone,updated_at,updated_by}'::text[],
      'after', pg_catalog.to_jsonb(changed) - '{tenant_id,time_zone,updated_at,updated_by}'::text[]));
  END IF;
  IF NOT p_changes ? 'time_zone' THEN
    RETURN false;
  END IF;

  -- A month that was reopened may still have the zone that it was closed with.
  open_from := daybook_first_open_month();
  zone_in_force := coalesce((SELECT time_zone FROM tenant_time_zones WHERE tenant_id = p_tenant AND first_month <= open_from
                              ORDER BY first_month DESC LIMIT 1), 'UTC');
  IF zone_in_force = changed.time_zone AND NOT EXISTS (
    SELECT FROM tenant_time_zones WHERE tenant_id = p_tenant AND first_month > open_from) THEN
    RETURN false;
  END IF;
  SELECT time_zone INTO zone_of_closed FROM tenant_time_zones
   WHERE tenant_id = p_tenant AND first_month < open_from ORDER BY first_month DESC LIMIT 1;
  DELETE FROM tenant_time_zones WHERE tenant_id = p_tenant AND first_month >= open_from;
  INSERT INTO tenant_time_zones (tenant_id, first_month, starts_at, time_zone)
  VALUES (p_tenant, open_from, CASE WHEN open_from = '-infinity' THEN '-infinity'::timestamptz
          ELSE open_from::timestamp AT TIME ZONE coalesce(zone_of_closed, 'UTC') END, changed.time_zone);
  PERFORM daybook_rebuild_tenant(p_tenant);
  INSERT INTO billing_journal (action, tenant_id, reason, detail)
  VALUES ('time_zone', p_tenant, p_reason,
          pg_catalog.jsonb_build_object('before', zone_in_force, 'after', changed.time_zone, 'first_month', open_from));
  RETURN true;
END $$;
COMMENT ON FUNCTION daybook_set_tenant IS 'Changes what finance knows of a tenant, and journals it; another time zone rebuilds its open months. True when it did';

CREATE FUNCTION daybook_statement_sha256(p_statement statements) RETURNS bytea
LANGUAGE sql STABLE SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' AS $$
  SELECT pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat_ws(E'\n',
    pg_catalog.jsonb_build_array(pg_catalog.encode(p_statement.previous_sha256, 'hex'), p_statement.month, p_statement.version,
                      p_statement.closed_at, p_statement.closed_by, p_statement.reason, p_statement.data_as_of,
                      p_statement.line_count)::text,
    pg_catalog.string_agg(pg_catalog.jsonb_build_array(tenant_id, currency, tenant_name, payer, time_zone, charges::text, corrections::text,
                                 total::text, minor_units, total_rounded::text, records, unpriced_records, input_tokens,
                                 output_tokens)::text, E'\n' ORDER BY tenant_id, currency)), 'UTF8'))
    FROM statement_lines WHERE month = p_statement.month AND version = p_statement.version
$$;
COMMENT ON FUNCTION daybook_statement_sha256 IS 'Hash of a statement: the hash before it and its own row, then its lines, each as a JSON array on a line of its own';

-- The caller holds the books alone, and has found that the month may be closed.
CREATE FUNCTION daybook_write_statement(p_month date, p_reason text) RETURNS integer
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
#variable_conflict use_column
DECLARE
  statement statements;
  facts jsonb;
BEGIN
  statement.month := p_month;
  statement.closed_by := session_user;
  statement.reason := p_reason;
  -- Taken under the lock, so that statements are in the order of their times, whatever the clock does.
  statement.closed_at := greatest(pg_catalog.clock_timestamp(), (SELECT pg_catalog.max(closed_at) FROM statements) + interval '1 microsecond');
  statement.data_as_of := (SELECT pg_catalog.max(updated_at) FROM ingest_offsets WHERE cluster_id <> 'daybook');
  statement.previous_sha256 := (SELECT sha256 FROM statements ORDER BY closed_at DESC LIMIT 1);
  statement.version := coalesce((SELECT b.version FROM billing_periods b WHERE b.month = p_month), 0) + 1;
  INSERT INTO statement_lines (month, version, tenant_id, currency, tenant_name, payer, time_zone, charges, corrections,
    total, minor_units, total_rounded, records, unpriced_records, input_tokens, output_tokens)
  SELECT p_month, statement.version, tenant_id, amounts.currency, pg_catalog.max(t.display_name), pg_catalog.max(t.payer),
    coalesce(pg_catalog.max(zone), pg_catalog.max(t.time_zone), 'UTC'), pg_catalog.sum(charges), pg_catalog.sum(corrections), pg_catalog.sum(charges) + pg_catalog.sum(corrections),
    pg_catalog.max(digits), pg_catalog.round(pg_catalog.sum(charges) + pg_catalog.sum(corrections), pg_catalog.max(digits)),
    pg_catalog.sum(records), pg_catalog.sum(unpriced_records), pg_catalog.sum(input_tokens), pg_catalog.sum(output_tokens)
  FROM (
    SELECT tenant_id, currency, time_zone AS zone, cost AS charges, 0 AS corrections, records, unpriced_records,
      input_tokens, output_tokens
    FROM costs_monthly WHERE month = p_month
    UNION ALL
    SELECT tenant_id, currency, NULL, 0, cost, records, unpriced_records, input_tokens, output_tokens
    FROM cost_adjustments WHERE billing_month = p_month AND charge_month <> billing_month) AS amounts
  LEFT JOIN tenants t USING (tenant_id)
  LEFT JOIN currencies c ON c.code = amounts.currency,
  LATERAL (SELECT CASE amounts.currency WHEN 'XXX' THEN 0 ELSE coalesce(c.minor_units, 12) END AS digits) AS rounding
  GROUP BY tenant_id, amounts.currency
  -- Where all records were priced meanwhile, nothing is left of those without a cost.
  HAVING (pg_catalog.sum(charges), pg_catalog.sum(corrections), pg_catalog.sum(records), pg_catalog.sum(unpriced_records), pg_catalog.sum(input_tokens), pg_catalog.sum(output_tokens))
         <> (0, 0, 0, 0, 0, 0);
  GET DIAGNOSTICS statement.line_count = ROW_COUNT;
  statement.sha256 := daybook_statement_sha256(statement);
  facts := pg_catalog.jsonb_build_object('version', statement.version, 'lines', statement.line_count,
                              'sha256', pg_catalog.encode(statement.sha256, 'hex'));
  -- The journal first: the state of a month is what its last entry says.
  INSERT INTO billing_journal (at, action, month, reason, detail)
  VALUES (statement.closed_at, 'close', p_month, coalesce(p_reason, 'the month is over'), facts);
  INSERT INTO billing_periods AS b (month, status, version, changed_at, reason)
  VALUES (p_month, 'closed', statement.version, statement.closed_at, p_reason)
  ON CONFLICT (month) DO UPDATE SET status = 'closed', version = statement.version, changed_at = excluded.changed_at,
    changed_by = session_user, reason = p_reason;
  INSERT INTO statements SELECT statement.*;
  PERFORM daybook_record_event('daybook', 'billing_period.closed', 'billing_period', pg_catalog.to_char(p_month, 'YYYY-MM'),
    coalesce(p_reason, 'the month is over'), facts);
  RETURN statement.version;
END $$;
COMMENT ON FUNCTION daybook_write_statement IS 'Marks a month as closed, writes its statement and journals it; returns the version';

CREATE FUNCTION daybook_close_period(p_month date, p_reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  open_from date;
  earlier date;
  ends timestamptz;
  wrong text;
BEGIN
  IF p_month IS NULL OR NOT pg_catalog.isfinite(p_month) OR extract(day FROM p_month) <> 1 THEN
    RAISE EXCEPTION '% is not the first day of a month', p_month USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM daybook_lock_books();
  open_from := daybook_first_open_month();
  IF p_month < open_from THEN
    RAISE EXCEPTION 'month % is closed already', pg_catalog.to_char(p_month, 'YYYY-MM') USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  SELECT pg_catalog.min(m) INTO earlier FROM (
    SELECT pg_catalog.min(month) FROM costs_monthly WHERE month >= open_from AND month < p_month
    UNION ALL
    SELECT pg_catalog.min(billing_month) FROM cost_adjustments WHERE billing_month >= open_from AND billing_month < p_month
    UNION ALL
    SELECT pg_catalog.min(month) FROM billing_periods WHERE status = 'open' AND month >= open_from AND month < p_month) AS earlier_months(m);
  IF earlier IS NOT NULL THEN
    RAISE EXCEPTION 'month % is still open', pg_catalog.to_char(earlier, 'YYYY-MM') USING ERRCODE = 'object_not_in_prerequisite_state',
      HINT = 'Months are closed in order.';
  END IF;
  SELECT pg_catalog.max((p_month + interval '1 month') AT TIME ZONE z) INTO ends
    FROM (SELECT 'UTC' UNION SELECT time_zone FROM tenants) AS zones(z);
  IF ends > pg_catalog.clock_timestamp() THEN
    RAISE EXCEPTION 'month % is not over in every tenant''s zone before %', pg_catalog.to_char(p_month, 'YYYY-MM'),
      pg_catalog.to_char(ends, 'YYYY-MM-DD"T"HH24:MI"Z"') USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  -- The last look at what is billed, cheap because it reads no records: daybook reconcile does that.
  SELECT tenant_id || ' ' || provider || ' ' || model INTO wrong FROM (
    SELECT tenant_id, project_id, provider, model, service_tier, currency, cost, records FROM costs_monthly WHERE month = p_month
    UNION ALL
    SELECT tenant_id, project_id, provider, model, service_tier, currency, -cost, -records FROM costs_daily
     WHERE day >= p_month AND day < p_month + interval '1 month') AS amounts
   GROUP BY tenant_id, project_id, provider, model, service_tier, currency HAVING pg_catalog.sum(cost) <> 0 OR pg_catalog.sum(records) <> 0 LIMIT 1;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'days and month of % differ: %', pg_catalog.to_char(p_month, 'YYYY-MM'), wrong
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Run daybook reconcile.';
  END IF;

  -- Months without any cost are closed on the way, so that none of them opens again on its own.
  IF open_from > '-infinity' THEN
    PERFORM daybook_write_statement(m::date, p_reason)
       FROM pg_catalog.generate_series(open_from, p_month - interval '1 month', interval '1 month') AS m;
  END IF;
  RETURN daybook_write_statement(p_month, p_reason);
END $$;
COMMENT ON FUNCTION daybook_close_period IS 'Closes a month and writes its statement; returns the version. SQLSTATE 55000 when it cannot be closed yet';

CREATE FUNCTION daybook_reopen_period(p_month date, p_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  last_closed date;
BEGIN
  -- Null is also what the last closed month is when none is.
  IF p_month IS NULL THEN
    RAISE EXCEPTION 'a month is missing' USING ERRCODE = 'null_value_not_allowed';
  END IF;
  PERFORM daybook_lock_books();
  SELECT pg_catalog.max(month) INTO last_closed FROM billing_periods WHERE status = 'closed';
  IF p_month IS DISTINCT FROM last_closed THEN
    RAISE EXCEPTION 'month % is not the last closed one', pg_catalog.to_char(p_month, 'YYYY-MM')
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = coalesce('Months are reopened in reverse order; the last closed one is ' || pg_catalog.to_char(last_closed, 'YYYY-MM') || '.',
                            'No month is closed.');
  END IF;
  INSERT INTO billing_journal (action, month, reason) VALUES ('reopen', p_month, p_reason);
  UPDATE billing_periods SET status = 'open', changed_at = pg_catalog.clock_timestamp(), changed_by = session_user, reason = p_reason
   WHERE month = p_month;
  PERFORM daybook_record_event('daybook', 'billing_period.reopened', 'billing_period', pg_catalog.to_char(p_month, 'YYYY-MM'),
    p_reason, '{}');
END $$;
COMMENT ON FUNCTION daybook_reopen_period IS 'Opens the last closed month again; its statements stay. SQLSTATE 55000 for any other month';

-- Adds lines that are no corrections to both cost tables, in the key order of daybook_add_rollups.
CREATE FUNCTION daybook_add_adjustments(p_ids bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
BEGIN
  INSERT INTO costs_daily (tenant_id, day, project_id, provider, model, service_tier, currency, cost, records,
    failed_records, unpriced_records, input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
    reasoning_output_tokens, updated_at, time_zone)
  SELECT tenant_id, charge_day, project_id, provider, model, service_tier, currency, pg_catalog.sum(cost), pg_catalog.sum(records),
    pg_catalog.sum(failed_records), pg_catalog.sum(unpriced_records), pg_catalog.sum(input_tokens), pg_catalog.sum(output_tokens), pg_catalog.sum(cache_read_input_tokens),
    pg_catalog.sum(cache_creation_input_tokens), pg_catalog.sum(reasoning_output_tokens), pg_catalog.clock_timestamp(), pg_catalog.max(time_zone)
  FROM cost_adjustments WHERE adjustment_id = ANY (p_ids) AND billing_month = charge_month
  GROUP BY 1, 2, 3, 4, 5, 6, 7
  ORDER BY tenant_id, 2, provider, model, project_id, service_tier, currency
  ON CONFLICT (tenant_id, day, provider, model, project_id, service_tier, currency) DO UPDATE SET
    cost = costs_daily.cost + excluded.cost,
    records = costs_daily.records + excluded.records,
    failed_records = costs_daily.failed_records + excluded.failed_records,
    unpriced_records = costs_daily.unpriced_records + excluded.unpriced_records,
    input_tokens = costs_daily.input_tokens + excluded.input_tokens,
    output_tokens = costs_daily.output_tokens + excluded.output_tokens,
    cache_read_input_tokens = costs_daily.cache_read_input_tokens + excluded.cache_read_input_tokens,
    cache_creation_input_tokens = costs_daily.cache_creation_input_tokens + excluded.cache_creation_input_tokens,
    reasoning_output_tokens = costs_daily.reasoning_output_tokens + excluded.reasoning_output_tokens,
    updated_at = excluded.updated_at;
  INSERT INTO costs_monthly (tenant_id, month, project_id, provider, model, service_tier, currency, cost, records,
    failed_records, unpriced_records, input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
    reasoning_output_tokens, updated_at, time_zone)
  SELECT tenant_id, charge_month, project_id, provider, model, service_tier, currency, pg_catalog.sum(cost), pg_catalog.sum(records),
    pg_catalog.sum(failed_records), pg_catalog.sum(unpriced_records), pg_catalog.sum(input_tokens), pg_catalog.sum(output_tokens), pg_catalog.sum(cache_read_input_tokens),
    pg_catalog.sum(cache_creation_input_tokens), pg_catalog.sum(reasoning_output_tokens), pg_catalog.clock_timestamp(), pg_catalog.max(time_zone)
  FROM cost_adjustments WHERE adjustment_id = ANY (p_ids) AND billing_month = charge_month
  GROUP BY 1, 2, 3, 4, 5, 6, 7
  ORDER BY tenant_id, 2, provider, model, project_id, service_tier, currency
  ON CONFLICT (tenant_id, month, provider, model, project_id, service_tier, currency) DO UPDATE SET
    cost = costs_monthly.cost + excluded.cost,
    records = costs_monthly.records + excluded.records,
    failed_records = costs_monthly.failed_records + excluded.failed_records,
    unpriced_records = costs_monthly.unpriced_records + excluded.unpriced_records,
    input_tokens = costs_monthly.input_tokens + excluded.input_tokens,
    output_tokens = costs_monthly.output_tokens + excluded.output_tokens,
    cache_read_input_tokens = costs_monthly.cache_read_input_tokens + excluded.cache_read_input_tokens,
    cache_creation_input_tokens = costs_monthly.cache_creation_input_tokens + excluded.cache_creation_input_tokens,
    reasoning_output_tokens = costs_monthly.reasoning_output_tokens + excluded.reasoning_output_tokens,
    updated_at = excluded.updated_at;
END $$;
COMMENT ON FUNCTION daybook_add_adjustments IS 'Adds adjustments that are no corrections to costs_daily and costs_monthly';

CREATE FUNCTION daybook_begin_reprice(p_from timestamptz, p_to timestamptz, p_filters jsonb, p_reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  run bigint;
BEGIN
  INSERT INTO reprice_runs (range_from, range_to, filters, reason, price_version)
  VALUES (p_from, p_to, p_filters, p_reason, (SELECT pg_catalog.max(version) FROM price_versions))
  RETURNING run_id INTO run;
  -- A run that is cut off never ends, but its lines are posted.
  INSERT INTO billing_journal (action, reason, detail)
  VALUES ('reprice', p_reason, pg_catalog.jsonb_build_object('run_id', run, 'range_from', p_from, 'range_to', p_to, 'filters', p_filters));
  RETURN run;
END $$;
COMMENT ON FUNCTION daybook_begin_reprice IS 'Notes and journals that a run of daybook reprice begins; its id';

-- Whether a price can be that of a call, and a cost that of its tokens: in force then, of its tier, threshold and name, and
-- between the lowest and the highest rate for every token. Which price it is to the last digit is for Pricing to say,
-- which audit, reconcile and close ask; spellings and aliases of names are its matter too, so the name is compared loosely.
CREATE FUNCTION daybook_price_fault(p_price bigint, p_version bigint, p_at timestamptz, p_models text[], p_tier text,
  p_input bigint, p_output bigint, p_input_parts bigint, p_output_parts bigint, p_cost numeric) RETURNS text
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT CASE
    WHEN p.version > p_version OR p.superseded_by <= p_version THEN 'is not of the catalogue of the run'
    WHEN p_at < p.effective_from OR p_at >= p.effective_to THEN 'was not in force then'
    WHEN p.service_tier NOT IN (p_tier, 'standard') THEN 'is of another service tier'
    WHEN p_input IS NULL OR p_output IS NULL THEN 'is for tokens, which the record does not tell'
    WHEN p.min_input_tokens > 0 AND p_input <= p.min_input_tokens THEN 'is for more input tokens'
    WHEN NOT EXISTS (
      SELECT FROM pg_catalog.unnest(p_models) AS name,
        LATERAL (SELECT pg_catalog.regexp_replace(pg_catalog.lower(name), '[^a-z0-9]', '', 'g') AS said,
                        pg_catalog.regexp_replace(pg_catalog.lower(p.model), '[^a-z0-9]', '', 'g') AS priced) AS bare
       WHERE pg_catalog.strpos(bare.said, bare.priced) > 0 OR pg_catalog.strpos(bare.priced, bare.said) > 0
          OR EXISTS (SELECT FROM price_aliases a
                      WHERE a.target_model = p.model AND a.version <= p_version
                        AND (a.superseded_by IS NULL OR a.superseded_by > p_version)
                        AND name LIKE pg_catalog.replace(pg_catalog.regexp_replace(a.pattern, '([\\%_])', '\\\1', 'g'), '*', '%')))
      THEN 'is of another model'
    WHEN p_input > 0 AND rates.least_in IS NULL OR p_output > 0 AND rates.least_out IS NULL THEN 'has no rate for its tokens'
    WHEN p_cost < pg_catalog.round(p_input * coalesce(rates.least_in, 0) + p_output * coalesce(rates.least_out, 0), 12)
      OR p_cost > pg_catalog.round(greatest(p_input, p_input_parts) * coalesce(rates.most_in, 0)
                                   + greatest(p_output, p_output_parts) * coalesce(rates.most_out, 0), 12)
      THEN 'does not make that cost of its tokens' END
    FROM model_prices p, LATERAL (
      SELECT pg_catalog.min(r.value::numeric) FILTER (WHERE r.key !~ 'output') AS least_in,
             pg_catalog.max(r.value::numeric) FILTER (WHERE r.key !~ 'output') AS most_in,
             pg_catalog.min(r.value::numeric) FILTER (WHERE r.key ~ 'output') AS least_out,
             pg_catalog.max(r.value::numeric) FILTER (WHERE r.key ~ 'output') AS most_out
        FROM pg_catalog.jsonb_each_text(pg_catalog.to_jsonb(p)) AS r WHERE r.key ~ '_price$') AS rates
   WHERE p.price_id = p_price
$$;
COMMENT ON FUNCTION daybook_price_fault IS 'Why a row of model_prices cannot be the price of a call, or a cost not that of its tokens; null when it can';

-- p_items: array of {tenant_id, occurred_at, invocation_id, cost, currency, price_version}: what each record should cost.
-- The difference to what it costs now becomes one line, or two when the record leaves a currency (or XXX, no cost) for
-- another. A producer's own cost is never touched, and what is right already is passed over: posting twice posts once.
CREATE FUNCTION daybook_post_adjustments(p_run bigint, p_items jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' SET row_security = off AS $$
#variable_conflict use_column
DECLARE
  run reprice_runs;
  open_from date;
  ids bigint[];
  adjusted bigint;
  wrong text;
BEGIN
  PERFORM daybook_require_read_committed();
  SELECT * INTO run FROM reprice_runs r WHERE r.run_id = p_run;
  IF run.run_id IS NULL OR run.finished_at IS NOT NULL OR run.started_by <> session_user THEN
    RAISE EXCEPTION 'run % is not under way, or not yours', p_run USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  SELECT CASE WHEN pg_catalog.count(*) <> pg_catalog.count(DISTINCT (tenant_id, occurred_at, invocation_id)) THEN 'a record is there twice'
              WHEN pg_catalog.bool_or(cost IS NULL OR cost < 0 OR cost = 'NaN') THEN 'a cost is negative or missing'
              WHEN pg_catalog.bool_or(occurred_at < run.range_from OR occurred_at >= run.range_to) THEN 'a record is outside of the range'
              WHEN pg_catalog.bool_or(p.price_id IS NULL) THEN 'a price is not in the catalogue, or in another currency' END INTO wrong
    FROM pg_catalog.jsonb_to_recordset(p_items) AS i(tenant_id text, occurred_at timestamptz, invocation_id uuid,
           cost numeric(24,12), currency text, price_version bigint)
    LEFT JOIN model_prices p ON p.price_id = i.price_version AND p.currency = i.currency::char(3);
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'run %: %', p_run, wrong USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT 'price ' || i.price_version || ' of ' || i.invocation_id || ' ' || f.fault INTO wrong
    FROM pg_catalog.jsonb_to_recordset(p_items) AS i(tenant_id text, occurred_at timestamptz, invocation_id uuid,
           cost numeric(24,12), price_version bigint)
    JOIN invocations v ON v.tenant_id = i.tenant_id COLLATE "C" AND v.occurred_at = i.occurred_at
         AND v.invocation_id = i.invocation_id,
    LATERAL (SELECT daybook_price_fault(i.price_version, run.price_version, v.occurred_at,
      ARRAY[v.request_model, v.response_model], v.service_tier, v.input_tokens, v.output_tokens,
      v.cache_read_input_tokens + v.cache_creation_input_tokens + v.audio_input_tokens,
      v.reasoning_output_tokens + v.audio_output_tokens, i.cost) AS fault) AS f
   WHERE v.cost_source <> 'producer' AND f.fault IS NOT NULL LIMIT 1;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'run %: %', p_run, wrong USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- One at a time: the costs of now are read under this lock.
  LOCK TABLE reprice_runs IN SHARE ROW EXCLUSIVE MODE;
  PERFORM daybook_share_books();
  open_from := daybook_first_open_month();
  WITH items AS (
    SELECT * FROM pg_catalog.jsonb_to_recordset(p_items) AS i(tenant_id text, occurred_at timestamptz, invocation_id uuid,
      cost numeric(24,12), currency text, price_version text)
  ), changed AS (
    SELECT v.*, i.cost AS new_cost, i.currency AS new_currency, i.price_version AS new_price_version,
      daybook_billing_day(v.tenant_id, v.occurred_at) AS charge_day
    FROM items i JOIN invocation_costs v
      ON v.tenant_id = i.tenant_id COLLATE "C" AND v.occurred_at = i.occurred_at AND v.invocation_id = i.invocation_id
    WHERE v.recorded_cost_source <> 'producer' AND (v.cost, v.currency) IS DISTINCT FROM (i.cost, i.currency::char(3))
  ), lines AS (
    -- The whole record moves when its currency changes; else only its cost does.
    SELECT c.*, 'new' AS side, new_currency AS line_currency,
      CASE WHEN currency = new_currency::char(3) THEN new_cost - cost ELSE new_cost END AS line_cost,
      CASE WHEN currency = new_currency::char(3) THEN 0 ELSE 1 END AS sign FROM changed c
    UNION ALL
    SELECT c.*, 'old', coalesce(currency, 'XXX'), -coalesce(cost, 0), -1 FROM changed c
    WHERE currency IS DISTINCT FROM new_currency::char(3)
  ), posted AS (
    INSERT INTO cost_adjustments (kind, tenant_id, charge_day, billing_month, time_zone, project_id, provider, model,
      service_tier, currency, cost, records, failed_records, unpriced_records, input_tokens, output_tokens,
      cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, reason, run_id, occurred_at,
      invocation_id, from_price_version, to_price_version)
    SELECT 'reprice', l.tenant_id, l.charge_day, greatest(pg_catalog.date_trunc('month', l.charge_day::timestamp)::date, open_from),
      daybook_billing_zone(l.tenant_id, l.occurred_at), coalesce(l.project_id, ''), l.provider,
      coalesce(l.response_model, l.request_model), l.service_tier, l.line_currency, l.line_cost, l.sign,
      CASE WHEN l.status = 'failure' THEN l.sign ELSE 0 END, CASE WHEN l.line_currency = 'XXX' THEN l.sign ELSE 0 END,
      l.sign * coalesce(l.input_tokens, 0), l.sign * coalesce(l.output_tokens, 0), l.sign * l.cache_read_input_tokens,
      l.sign * l.cache_creation_input_tokens, l.sign * l.reasoning_output_tokens, r.reason, r.run_id, l.occurred_at,
      l.invocation_id, l.price_version, l.new_price_version
    FROM lines l, (SELECT run.run_id, run.reason) AS r
    ORDER BY l.tenant_id, l.occurred_at, l.invocation_id, l.side DESC
    RETURNING adjustment_id, occurred_at, invocation_id, tenant_id
  )
  SELECT pg_catalog.array_agg(adjustment_id), pg_catalog.count(DISTINCT (tenant_id, occurred_at, invocation_id)) INTO ids, adjusted FROM posted;
  IF adjusted > 0 THEN
    PERFORM daybook_add_adjustments(ids);
  END IF;
  UPDATE reprice_runs SET rows_adjusted = rows_adjusted + adjusted WHERE run_id = p_run;
  RETURN adjusted;
END $$;
COMMENT ON FUNCTION daybook_post_adjustments IS 'Posts what records should cost as signed lines and adds them to the open months; returns how many records changed';

CREATE FUNCTION daybook_finish_reprice(p_run bigint, p_examined bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE reprice_runs SET finished_at = pg_catalog.clock_timestamp(), rows_examined = p_examined
   WHERE run_id = p_run AND finished_at IS NULL AND started_by = session_user;
  IF FOUND THEN
    INSERT INTO billing_journal (action, reason, detail)
    SELECT 'reprice', reason, pg_catalog.to_jsonb(r) - 'reason' FROM reprice_runs r WHERE run_id = p_run;
  END IF;
END $$;
COMMENT ON FUNCTION daybook_finish_reprice IS 'Notes that a run of daybook reprice is at its end, and journals it';

-- Whether records of these billing days have left, or are about to leave, with a partition; days of zones reach beyond it.
CREATE FUNCTION daybook_has_left(p_from date, p_to date) RETURNS boolean
LANGUAGE sql STABLE SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
  SELECT EXISTS (SELECT FROM partition_retirements r
    WHERE r.table_name = 'invocations'
      AND r.lower_bound < p_to::timestamptz + zone.shift AND r.upper_bound > p_from::timestamptz - zone.shift)
  FROM (SELECT CASE WHEN EXISTS (SELECT FROM tenant_time_zones) THEN interval '2 days' ELSE interval '0' END AS shift) AS zone
$$;
COMMENT ON FUNCTION daybook_has_left IS 'Whether invocations of these billing days may be in a retired partition';

-- What the records and adjustments of a tenant's day make, less what costs_daily says; rows where anything differs.
CREATE FUNCTION daybook_day_differences(p_tenant text, p_day date) RETURNS SETOF costs_daily
LANGUAGE sql STABLE SET search_path FROM CURRENT SET timezone = 'UTC' SET row_security = off AS $$
  SELECT p_tenant, p_day, project_id, provider, model, service_tier, currency, pg_catalog.sum(cost) AS cost,
    pg_catalog.sum(records)::bigint AS records,
    pg_catalog.sum(failed_records)::bigint AS failed_records,
    pg_catalog.sum(unpriced_records)::bigint AS unpriced_records,
    pg_catalog.sum(input_tokens)::bigint AS input_tokens,
    pg_catalog.sum(output_tokens)::bigint AS output_tokens,
    pg_catalog.sum(cache_read_input_tokens)::bigint AS cache_read_input_tokens,
    pg_catalog.sum(cache_creation_input_tokens)::bigint AS cache_creation_input_tokens,
    pg_catalog.sum(reasoning_output_tokens)::bigint AS reasoning_output_tokens, pg_catalog.clock_timestamp(), coalesce(pg_catalog.max(zone), pg_catalog.max(found_zone), 'UTC')
  FROM (
    SELECT coalesce(project_id, '') AS project_id, provider, coalesce(response_model, request_model) AS model, service_tier,
      (CASE WHEN cost IS NULL THEN 'XXX' ELSE currency END)::char(3) AS currency, coalesce(cost, 0) AS cost, 1 AS records,
      (status = 'failure')::integer AS failed_records, (cost IS NULL)::integer AS unpriced_records,
      coalesce(input_tokens, 0) AS input_tokens, coalesce(output_tokens, 0) AS output_tokens, cache_read_input_tokens,
      cache_creation_input_tokens, reasoning_output_tokens, daybook_billing_zone(p_tenant, occurred_at) AS zone, NULL AS found_zone
    FROM invocations
    WHERE tenant_id = p_tenant AND occurred_at >= p_day::timestamptz - interval '2 days'
      AND occurred_at < p_day::timestamptz + interval '3 days' AND daybook_billing_day(p_tenant, occurred_at) = p_day
    UNION ALL
    SELECT project_id, provider, model, service_tier, currency, cost, records, failed_records, unpriced_records, input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, daybook_billing_zone(p_tenant, occurred_at), NULL
    FROM cost_adjustments
    WHERE tenant_id = p_tenant AND kind = 'reprice' AND billing_month = charge_month
      AND occurred_at >= p_day::timestamptz - interval '2 days' AND occurred_at < p_day::timestamptz + interval '3 days'
      AND daybook_billing_day(p_tenant, occurred_at) = p_day
    UNION ALL
    SELECT project_id, provider, model, service_tier, currency, -cost, -records, -failed_records, -unpriced_records, -input_tokens, -output_tokens, -cache_read_input_tokens, -cache_creation_input_tokens, -reasoning_output_tokens, time_zone, NULL
    FROM cost_adjustments
    WHERE tenant_id = p_tenant AND kind = 'late' AND charge_day = p_day
      AND charge_month = pg_catalog.date_trunc('month', p_day::timestamp)::date
    UNION ALL
    SELECT project_id, provider, model, service_tier, currency, -cost, -records, -failed_records, -unpriced_records, -input_tokens, -output_tokens, -cache_read_input_tokens, -cache_creation_input_tokens, -reasoning_output_tokens, NULL, time_zone
    FROM costs_daily WHERE tenant_id = p_tenant AND day = p_day) AS amounts
  GROUP BY project_id, provider, model, service_tier, currency
  HAVING (pg_catalog.sum(cost), pg_catalog.sum(records), pg_catalog.sum(failed_records), pg_catalog.sum(unpriced_records), pg_catalog.sum(input_tokens), pg_catalog.sum(output_tokens), pg_catalog.sum(cache_read_input_tokens), pg_catalog.sum(cache_creation_input_tokens), pg_catalog.sum(reasoning_output_tokens)) <> (0, 0, 0, 0, 0, 0, 0, 0, 0) OR pg_catalog.max(zone) <> pg_catalog.max(found_zone)
$$;
COMMENT ON FUNCTION daybook_day_differences IS 'Signed differences of costs_daily to the records and adjustments of one tenant and day';

-- The days of a tenant's month, less what costs_monthly says.
CREATE FUNCTION daybook_month_differences(p_tenant text, p_month date) RETURNS SETOF costs_monthly
LANGUAGE sql STABLE SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
  SELECT p_tenant, p_month, project_id, provider, model, service_tier, currency, pg_catalog.sum(cost) AS cost,
    pg_catalog.sum(records)::bigint AS records,
    pg_catalog.sum(failed_records)::bigint AS failed_records,
    pg_catalog.sum(unpriced_records)::bigint AS unpriced_records,
    pg_catalog.sum(input_tokens)::bigint AS input_tokens,
    pg_catalog.sum(output_tokens)::bigint AS output_tokens,
    pg_catalog.sum(cache_read_input_tokens)::bigint AS cache_read_input_tokens,
    pg_catalog.sum(cache_creation_input_tokens)::bigint AS cache_creation_input_tokens,
    pg_catalog.sum(reasoning_output_tokens)::bigint AS reasoning_output_tokens, pg_catalog.clock_timestamp(), coalesce(pg_catalog.max(zone), pg_catalog.max(found_zone), 'UTC')
  FROM (
    SELECT project_id, provider, model, service_tier, currency, cost, records, failed_records, unpriced_records, input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, time_zone AS zone, NULL AS found_zone
    FROM costs_daily WHERE tenant_id = p_tenant AND day >= p_month AND day < p_month + interval '1 month'
    UNION ALL
    SELECT project_id, provider, model, service_tier, currency, -cost, -records, -failed_records, -unpriced_records, -input_tokens, -output_tokens, -cache_read_input_tokens, -cache_creation_input_tokens, -reasoning_output_tokens, NULL, time_zone
    FROM costs_monthly WHERE tenant_id = p_tenant AND month = p_month) AS amounts
  GROUP BY project_id, provider, model, service_tier, currency
  HAVING (pg_catalog.sum(cost), pg_catalog.sum(records), pg_catalog.sum(failed_records), pg_catalog.sum(unpriced_records), pg_catalog.sum(input_tokens), pg_catalog.sum(output_tokens), pg_catalog.sum(cache_read_input_tokens), pg_catalog.sum(cache_creation_input_tokens), pg_catalog.sum(reasoning_output_tokens)) <> (0, 0, 0, 0, 0, 0, 0, 0, 0) OR pg_catalog.max(zone) <> pg_catalog.max(found_zone)
$$;
COMMENT ON FUNCTION daybook_month_differences IS 'Signed differences of costs_monthly to the days of one tenant and month';

-- What a reconciliation found says where to look; the differences themselves are taken again, each statement on one
-- snapshot, and added: what ingest adds meanwhile, to records and rollups alike, stays. Days of which records have left
-- with retired partitions are passed over.
CREATE FUNCTION daybook_repair_rollups(p_reconciliation bigint, p_reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
#variable_conflict use_column
DECLARE
  run reconciliations;
  open_from date;
  added jsonb;
  repaired bigint;
BEGIN
  PERFORM daybook_require_read_committed();
  LOCK TABLE reconciliation_drift IN SHARE ROW EXCLUSIVE MODE;
  PERFORM daybook_share_books();
  open_from := daybook_first_open_month();
  SELECT * INTO run FROM reconciliations WHERE reconciliation_id = p_reconciliation;
  IF run.reconciliation_id IS NULL OR run.finished_at IS NULL THEN
    RAISE EXCEPTION 'reconciliation % was not finished', p_reconciliation USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;

  WITH days AS (
    SELECT DISTINCT tenant_id, period_start AS day FROM reconciliation_drift d
     WHERE reconciliation_id = p_reconciliation AND granularity = 'day' AND period_start >= open_from
       AND NOT daybook_has_left(period_start, period_start + 1)
  ), differences AS MATERIALIZED (
    SELECT f.* FROM days, LATERAL daybook_day_differences(days.tenant_id, days.day) AS f
  ), upserted AS (
    INSERT INTO costs_daily SELECT * FROM differences
    ORDER BY tenant_id, day, provider, model, project_id, service_tier, currency
    ON CONFLICT (tenant_id, day, provider, model, project_id, service_tier, currency) DO UPDATE SET
    cost = costs_daily.cost + excluded.cost,
    records = costs_daily.records + excluded.records,
    failed_records = costs_daily.failed_records + excluded.failed_records,
    unpriced_records = costs_daily.unpriced_records + excluded.unpriced_records,
    input_tokens = costs_daily.input_tokens + excluded.input_tokens,
    output_tokens = costs_daily.output_tokens + excluded.output_tokens,
    cache_read_input_tokens = costs_daily.cache_read_input_tokens + excluded.cache_read_input_tokens,
    cache_creation_input_tokens = costs_daily.cache_creation_input_tokens + excluded.cache_creation_input_tokens,
    reasoning_output_tokens = costs_daily.reasoning_output_tokens + excluded.reasoning_output_tokens,
    updated_at = excluded.updated_at, time_zone = excluded.time_zone
  )
  SELECT coalesce(pg_catalog.jsonb_object_agg(currency, cost::text), '{}') INTO added
    FROM (SELECT currency, pg_catalog.sum(cost) AS cost FROM differences GROUP BY 1) AS sums;

  INSERT INTO costs_monthly
  SELECT f.* FROM (
    SELECT DISTINCT tenant_id, pg_catalog.date_trunc('month', period_start::timestamp)::date AS month FROM reconciliation_drift
     WHERE reconciliation_id = p_reconciliation AND period_start >= open_from) AS months,
    LATERAL daybook_month_differences(months.tenant_id, months.month) AS f
  ORDER BY tenant_id, month, provider, model, project_id, service_tier, currency
  ON CONFLICT (tenant_id, month, provider, model, project_id, service_tier, currency) DO UPDATE SET
    cost = costs_monthly.cost + excluded.cost,
    records = costs_monthly.records + excluded.records,
    failed_records = costs_monthly.failed_records + excluded.failed_records,
    unpriced_records = costs_monthly.unpriced_records + excluded.unpriced_records,
    input_tokens = costs_monthly.input_tokens + excluded.input_tokens,
    output_tokens = costs_monthly.output_tokens + excluded.output_tokens,
    cache_read_input_tokens = costs_monthly.cache_read_input_tokens + excluded.cache_read_input_tokens,
    cache_creation_input_tokens = costs_monthly.cache_creation_input_tokens + excluded.cache_creation_input_tokens,
    reasoning_output_tokens = costs_monthly.reasoning_output_tokens + excluded.reasoning_output_tokens,
    updated_at = excluded.updated_at, time_zone = excluded.time_zone;

  -- What nothing stands for any more goes, so that a repaired rollup is the rollup of its records.
  DELETE FROM costs_daily c USING (
    SELECT DISTINCT tenant_id, period_start FROM reconciliation_drift
     WHERE reconciliation_id = p_reconciliation AND granularity = 'day' AND period_start >= open_from) AS d
   WHERE c.tenant_id = d.tenant_id AND c.day = d.period_start
     AND (c.cost, c.records, c.failed_records, c.unpriced_records, c.input_tokens, c.output_tokens, c.cache_read_input_tokens, c.cache_creation_input_tokens, c.reasoning_output_tokens) = (0, 0, 0, 0, 0, 0, 0, 0, 0);
  DELETE FROM costs_monthly c USING (
    SELECT DISTINCT tenant_id, pg_catalog.date_trunc('month', period_start::timestamp)::date AS month FROM reconciliation_drift
     WHERE reconciliation_id = p_reconciliation AND period_start >= open_from) AS d
   WHERE c.tenant_id = d.tenant_id AND c.month = d.month
     AND (c.cost, c.records, c.failed_records, c.unpriced_records, c.input_tokens, c.output_tokens, c.cache_read_input_tokens, c.cache_creation_input_tokens, c.reasoning_output_tokens) = (0, 0, 0, 0, 0, 0, 0, 0, 0);
  UPDATE reconciliation_drift SET repaired_at = pg_catalog.clock_timestamp()
   WHERE reconciliation_id = p_reconciliation AND repaired_at IS NULL AND period_start >= open_from
     AND (granularity = 'month' OR NOT daybook_has_left(period_start, period_start + 1));
  GET DIAGNOSTICS repaired = ROW_COUNT;
  IF repaired > 0 THEN
    INSERT INTO billing_journal (action, month, tenant_id, reason, detail)
    VALUES ('repair', run.month, run.tenant_id, p_reason,
            pg_catalog.jsonb_build_object('reconciliation_id', p_reconciliation, 'rows', repaired, 'costs', added));
  END IF;
  RETURN repaired;
END $$;
COMMENT ON FUNCTION daybook_repair_rollups IS 'Makes the open days and months that a finished reconciliation names right again, and journals it; returns how many of its differences that settles';

REVOKE ALL ON FUNCTION daybook_content, daybook_same_content, daybook_begin_batch, daybook_billing_day, daybook_billing_zone, daybook_first_open_month, daybook_require_read_committed,
  daybook_refuse_drift_change, daybook_check_period, daybook_check_adjustment, daybook_refuse_closed_days, daybook_refuse_closed_months,
  daybook_write_statement, daybook_has_left, daybook_day_differences, daybook_month_differences, daybook_share_books,
  daybook_share_books_first, daybook_lock_books, daybook_post_late, daybook_add_rollups, daybook_rebuild_tenant, daybook_set_tenant, daybook_statement_sha256,
  daybook_close_period, daybook_reopen_period, daybook_add_adjustments, daybook_begin_reprice, daybook_price_fault,
  daybook_post_adjustments, daybook_finish_reprice, daybook_repair_rollups, daybook_lock_offsets, daybook_fence_offsets, daybook_write_ledger FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_same_content, daybook_begin_batch, daybook_post_late, daybook_add_rollups, daybook_lock_offsets, daybook_fence_offsets,
  daybook_write_ledger TO app_write;
GRANT EXECUTE ON FUNCTION daybook_share_books, daybook_require_read_committed TO app_write, app_finance;
GRANT EXECUTE ON FUNCTION daybook_billing_day, daybook_billing_zone, daybook_first_open_month
  TO app_write, app_read, app_finance, app_maintain, app_audit_read;
GRANT EXECUTE ON FUNCTION daybook_statement_sha256 TO app_read, app_finance, app_audit_read;
GRANT EXECUTE ON FUNCTION daybook_set_tenant, daybook_close_period, daybook_reopen_period, daybook_begin_reprice,
  daybook_post_adjustments, daybook_finish_reprice, daybook_repair_rollups TO app_finance;
GRANT SELECT ON currencies, tenants, tenant_time_zones, billing_periods, billing_journal, statements, statement_lines,
  reprice_runs, cost_adjustments, reconciliations, reconciliation_drift TO app_read, app_finance, app_maintain, app_audit_read;
GRANT SELECT ON tenant_time_zones, billing_periods TO app_write;
GRANT SELECT ON costs_daily, costs_monthly, costs, ingest_offsets, ingest_batches, ingest_spans, partition_policies,
  partition_retirements TO app_finance;
-- Who ran it, and when, is not for the caller to say.
GRANT INSERT (month, tenant_id, source), UPDATE (finished_at, months_done, rows_read, differences, data_as_of)
  ON reconciliations TO app_finance;
GRANT INSERT (reconciliation_id, granularity, tenant_id, period_start, project_id, provider, model, service_tier, currency,
  time_zone, is_closed, cost, records, failed_records, unpriced_records, input_tokens, output_tokens,
  cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, cost_expected, cost_found)
  ON reconciliation_drift TO app_finance;
GRANT SELECT ON invocation_costs TO app_finance, app_audit_read;
-- Finance sees what a call cost and where it came from, not who made it or what was in it.
GRANT SELECT (tenant_id, occurred_at, invocation_id, project_id, provider, operation, request_model, response_model,
  service_tier, status, input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
  cache_creation_1h_input_tokens, reasoning_output_tokens, audio_input_tokens, audio_output_tokens, cost, currency,
  cost_source, price_version, ingested_at, source_topic, source_partition, source_offset, region) ON invocations TO app_finance;
