-- p_items: array of {tenant_id, occurred_at, invocation_id, cost, currency, price_version}: what each record should
-- cost. The difference to what it costs now becomes one line, or two when the record leaves a currency (or XXX, no
-- cost) for another. A producer's own cost is never touched, and what is right already is passed over: posting twice
-- posts once.
CREATE OR REPLACE FUNCTION daybook_post_adjustments(p_run bigint, p_items jsonb) RETURNS bigint
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
  SELECT CASE WHEN pg_catalog.count(*) <> pg_catalog.count(DISTINCT (tenant_id, occurred_at, invocation_id))
    THEN 'a record is there twice'
              WHEN pg_catalog.bool_or(cost IS NULL OR cost < 0 OR cost = 'NaN') THEN 'a cost is negative or missing'
              WHEN pg_catalog.bool_or(occurred_at < run.range_from OR occurred_at >= run.range_to)
                THEN 'a record is outside of the range'
              WHEN pg_catalog.bool_or(p.price_id IS NULL) THEN 'a price is not in the catalogue, or in another currency'
                END INTO wrong
    FROM pg_catalog.jsonb_to_recordset(p_items) AS i(tenant_id text, occurred_at timestamptz, invocation_id uuid,
           cost numeric(24,12), currency text, price_version bigint)
    LEFT JOIN model_prices p ON p.price_id = i.price_version AND p.currency = i.currency::char(3);
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'run %: %', p_run, wrong USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT 'price ' || r.price || ' of ' || r.invocation_id || ' ' || r.fault INTO wrong
    FROM daybook_refused_items(p_run, p_items) AS r LIMIT 1;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'run %: %', p_run, wrong USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- One at a time: the costs of now are read under this lock.
  LOCK TABLE reprice_runs IN SHARE ROW EXCLUSIVE MODE;
  -- What the run would post was right for the catalogue that it began with.
  IF EXISTS (SELECT FROM price_versions p WHERE p.version > run.price_version) THEN
    RAISE EXCEPTION 'the prices have changed since run % began', p_run
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Run daybook reprice again: it goes by the new ones.';
  END IF;
  PERFORM daybook_share_books();
  open_from := daybook_first_open_month();
  WITH items AS (
    SELECT * FROM pg_catalog.jsonb_to_recordset(p_items) AS i(tenant_id text, occurred_at timestamptz,
      invocation_id uuid,
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
      cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, estimated_records, estimated_cost,
      reason, run_id, occurred_at, invocation_id, from_price_version, to_price_version)
    SELECT 'reprice', l.tenant_id, l.charge_day, greatest(pg_catalog.date_trunc('month', l.charge_day::timestamp)::date,
      open_from),
      daybook_billing_zone(l.tenant_id, l.occurred_at), coalesce(l.project_id, ''), l.provider,
      coalesce(l.response_model, l.request_model), l.service_tier, l.line_currency, l.line_cost, l.sign,
      CASE WHEN l.status = 'failure' THEN l.sign ELSE 0 END, CASE WHEN l.line_currency = 'XXX' THEN l.sign ELSE 0 END,
      l.sign * coalesce(l.input_tokens, 0), l.sign * coalesce(l.output_tokens, 0), l.sign * l.cache_read_input_tokens,
      l.sign * l.cache_creation_input_tokens, l.sign * l.reasoning_output_tokens,
      CASE WHEN l.usage_source = 'estimated' THEN l.sign ELSE 0 END,
      CASE WHEN l.usage_source = 'estimated' THEN l.line_cost ELSE 0 END, r.reason, r.run_id, l.occurred_at,
      l.invocation_id, l.price_version, l.new_price_version
    FROM lines l, (SELECT run.run_id, run.reason) AS r
    ORDER BY l.tenant_id, l.occurred_at, l.invocation_id, l.side DESC
    RETURNING adjustment_id, occurred_at, invocation_id, tenant_id
  )
  SELECT pg_catalog.array_agg(adjustment_id), pg_catalog.count(DISTINCT (tenant_id, occurred_at, invocation_id))
    INTO ids, adjusted FROM posted;
  IF adjusted > 0 THEN
    PERFORM daybook_add_adjustments(ids);
  END IF;
  UPDATE reprice_runs SET rows_adjusted = rows_adjusted + adjusted WHERE run_id = p_run;
  RETURN adjusted;
END $$;

COMMENT ON FUNCTION daybook_post_adjustments IS 'Posts what records should cost as signed lines and adds them to the open months; returns how many records changed';
REVOKE ALL ON FUNCTION daybook_post_adjustments FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_post_adjustments TO app_finance;
