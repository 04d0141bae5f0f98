-- What the records and adjustments of a tenant's day make, less what costs_daily says; rows where anything differs.
CREATE OR REPLACE FUNCTION daybook_day_differences(p_tenant text, p_day date) RETURNS SETOF costs_daily
LANGUAGE sql STABLE SET search_path FROM CURRENT SET timezone = 'UTC' SET row_security = off AS $$
  SELECT p_tenant, p_day, project_id, provider, model, service_tier, currency, pg_catalog.sum(cost) AS cost,
    pg_catalog.sum(records)::bigint AS records,
    pg_catalog.sum(failed_records)::bigint AS failed_records,
    pg_catalog.sum(unpriced_records)::bigint AS unpriced_records,
    pg_catalog.sum(input_tokens)::bigint AS input_tokens,
    pg_catalog.sum(output_tokens)::bigint AS output_tokens,
    pg_catalog.sum(cache_read_input_tokens)::bigint AS cache_read_input_tokens,
    pg_catalog.sum(cache_creation_input_tokens)::bigint AS cache_creation_input_tokens,
    pg_catalog.sum(reasoning_output_tokens)::bigint AS reasoning_output_tokens, pg_catalog.clock_timestamp(),
      coalesce(pg_catalog.max(zone), pg_catalog.max(found_zone), 'UTC'),
    pg_catalog.sum(estimated_records)::bigint AS estimated_records, pg_catalog.sum(estimated_cost) AS estimated_cost
  FROM (
    SELECT project_id, provider, model, service_tier, currency, cost, records, failed_records, unpriced_records,
      input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens,
      estimated_records, estimated_cost, daybook_billing_zone(p_tenant, occurred_at) AS zone, NULL AS found_zone
    FROM charges
    WHERE tenant_id = p_tenant AND occurred_at >= p_day::timestamptz - interval '2 days'
      AND occurred_at < p_day::timestamptz + interval '3 days' AND daybook_billing_day(p_tenant, occurred_at) = p_day
    UNION ALL
    SELECT project_id, provider, model, service_tier, currency, -cost, -records, -failed_records, -unpriced_records,
      -input_tokens, -output_tokens, -cache_read_input_tokens, -cache_creation_input_tokens, -reasoning_output_tokens,
      -estimated_records, -estimated_cost, time_zone, NULL
    FROM cost_adjustments
    WHERE tenant_id = p_tenant AND kind = 'late' AND charge_day = p_day
      AND charge_month = pg_catalog.date_trunc('month', p_day::timestamp)::date
    UNION ALL
    SELECT project_id, provider, model, service_tier, currency, -cost, -records, -failed_records, -unpriced_records,
      -input_tokens, -output_tokens, -cache_read_input_tokens, -cache_creation_input_tokens, -reasoning_output_tokens,
      -estimated_records, -estimated_cost, NULL, time_zone
    FROM costs_daily WHERE tenant_id = p_tenant AND day = p_day) AS amounts
  GROUP BY project_id, provider, model, service_tier, currency
  HAVING (pg_catalog.sum(cost), pg_catalog.sum(records), pg_catalog.sum(failed_records),
    pg_catalog.sum(unpriced_records), pg_catalog.sum(input_tokens), pg_catalog.sum(output_tokens),
    pg_catalog.sum(cache_read_input_tokens), pg_catalog.sum(cache_creation_input_tokens),
    pg_catalog.sum(reasoning_output_tokens), pg_catalog.sum(estimated_records), pg_catalog.sum(estimated_cost))
    <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    OR pg_catalog.max(zone) <> pg_catalog.max(found_zone)
$$;

COMMENT ON FUNCTION daybook_day_differences IS 'Signed differences of costs_daily to the records and adjustments of one tenant and day';
REVOKE ALL ON FUNCTION daybook_day_differences FROM PUBLIC;
