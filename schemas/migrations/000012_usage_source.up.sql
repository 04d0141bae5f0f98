-- Who counted the tokens of a call, and how much of a cost rests on counts that the source estimated.
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- In the order in which repairs, batches and repricing lock them. Columns without a default, or with a constant one: no
-- table is written anew. Rows of before say nothing, and count as they did.
ALTER TABLE reconciliation_drift
  ADD COLUMN estimated_records bigint NOT NULL DEFAULT 0,
  ADD COLUMN estimated_cost numeric(38,12) NOT NULL DEFAULT 0;
ALTER TABLE invocations ADD COLUMN usage_source text;
-- Not validated: that would read every partition under a lock that batches wait for, and the column is empty.
ALTER TABLE invocations ADD CONSTRAINT invocations_usage_source
  CHECK (usage_source IN ('provider', 'estimated', 'unknown')) NOT VALID;
COMMENT ON COLUMN invocations.usage_source IS 'Who counted the tokens: provider, estimated (whoever reports the call) or unknown (it was cut off, and nobody says); null: the record does not say';
GRANT SELECT (usage_source) ON invocations TO app_finance;

ALTER TABLE cost_adjustments
  ADD COLUMN estimated_records bigint NOT NULL DEFAULT 0,
  ADD COLUMN estimated_cost numeric(38,12) NOT NULL DEFAULT 0;
ALTER TABLE costs_daily
  ADD COLUMN estimated_records bigint NOT NULL DEFAULT 0,
  ADD COLUMN estimated_cost numeric(38,12) NOT NULL DEFAULT 0;
ALTER TABLE costs_monthly
  ADD COLUMN estimated_records bigint NOT NULL DEFAULT 0,
  ADD COLUMN estimated_cost numeric(38,12) NOT NULL DEFAULT 0;
COMMENT ON COLUMN costs_daily.estimated_records IS 'Number of records with usage_source estimated; part of records';
COMMENT ON COLUMN costs_daily.estimated_cost IS 'What these cost, exact; part of cost';
COMMENT ON COLUMN costs_monthly.estimated_records IS 'Number of records with usage_source estimated; part of records';
COMMENT ON COLUMN costs_monthly.estimated_cost IS 'What these cost, exact; part of cost';
COMMENT ON COLUMN cost_adjustments.estimated_records IS 'Signed number of records with usage_source estimated; part of records';
COMMENT ON COLUMN cost_adjustments.estimated_cost IS 'Signed, exact; part of cost';
COMMENT ON COLUMN reconciliation_drift.estimated_records IS 'Difference; part of records';
COMMENT ON COLUMN reconciliation_drift.estimated_cost IS 'Difference; part of cost';
GRANT INSERT (estimated_records, estimated_cost) ON reconciliation_drift TO app_finance;

-- daybook status shows them to everybody who may ask for lag and maintenance.
GRANT SELECT ON unknown_field_days TO app_read, app_maintain;
