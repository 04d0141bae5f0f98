-- The days of a tenant's month, less what costs_monthly says.
CREATE OR REPLACE FUNCTION daybook_month_differences(p_tenant text, p_month date) RETURNS SETOF costs_monthly
LANGUAGE sql STABLE SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
  SELECT p_tenant, p_month, project_id, provider, model, service_tier, currency, pg_catalog.sum(cost) AS cost,
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
      estimated_records, estimated_cost, time_zone AS zone, NULL AS found_zone
    FROM costs_daily WHERE tenant_id = p_tenant AND day >= p_month AND day < p_month + interval '1 month'
    UNION ALL
    SELECT project_id, provider, model, service_tier, currency, -cost, -records, -failed_records, -unpriced_records,
      -input_tokens, -output_tokens, -cache_read_input_tokens, -cache_creation_input_tokens, -reasoning_output_tokens,
      -estimated_records, -estimated_cost, NULL, time_zone
    FROM costs_monthly WHERE tenant_id = p_tenant AND month = p_month) AS amounts
  GROUP BY project_id, provider, model, service_tier, currency
  HAVING (pg_catalog.sum(cost), pg_catalog.sum(records), pg_catalog.sum(failed_records),
    pg_catalog.sum(unpriced_records), pg_catalog.sum(input_tokens), pg_catalog.sum(output_tokens),
    pg_catalog.sum(cache_read_input_tokens), pg_catalog.sum(cache_creation_input_tokens),
    pg_catalog.sum(reasoning_output_tokens), pg_catalog.sum(estimated_records), pg_catalog.sum(estimated_cost))
    <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    OR pg_catalog.max(zone) <> pg_catalog.max(found_zone)
$$;

COMMENT ON FUNCTION daybook_month_differences IS 'Signed differences of costs_monthly to the days of one tenant and month';
REVOKE ALL ON FUNCTION daybook_month_differences FROM PUBLIC;
