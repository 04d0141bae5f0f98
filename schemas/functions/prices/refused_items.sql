-- Of p_items, as daybook_post_adjustments takes them for a run of the caller: those whose price cannot be that of the
-- call, by their place (from 1 on), and why.
CREATE OR REPLACE FUNCTION daybook_refused_items(p_run bigint, p_items jsonb)
  RETURNS TABLE (item bigint, invocation_id uuid, price bigint, fault text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' SET row_security = off AS $$
  SELECT i.item, i.invocation_id, i.price, f.fault
    FROM reprice_runs run,
      ROWS FROM (pg_catalog.jsonb_to_recordset(p_items) AS (tenant_id text, occurred_at timestamptz,
        invocation_id uuid, cost numeric(24,12), price_version bigint)) WITH ORDINALITY
        AS i(tenant_id, occurred_at, invocation_id, cost, price, item)
      JOIN invocations v ON v.tenant_id = i.tenant_id COLLATE "C" AND v.occurred_at = i.occurred_at
        AND v.invocation_id = i.invocation_id,
      LATERAL (SELECT daybook_price_fault(i.price, run.price_version, v.occurred_at,
        ARRAY[v.request_model, v.response_model], v.service_tier, v.input_tokens, v.output_tokens,
        v.cache_read_input_tokens + v.cache_creation_input_tokens + v.audio_input_tokens,
        v.reasoning_output_tokens + v.audio_output_tokens, i.cost) AS fault) AS f
   WHERE run.run_id = p_run AND run.started_by = session_user AND v.cost_source <> 'producer' AND f.fault IS NOT NULL
   ORDER BY i.item
$$;

COMMENT ON FUNCTION daybook_refused_items IS 'Which items of a run of daybook reprice daybook_post_adjustments refuses for their price, and why';
REVOKE ALL ON FUNCTION daybook_refused_items FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_refused_items TO app_finance;
