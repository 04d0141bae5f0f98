-- A row counts if it was stored, and once less if the batch's own deltas have counted it already: those that turned
-- out to be duplicates come with the opposite sign.
CREATE OR REPLACE FUNCTION daybook_stage_costs(p_staging text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  -- A release before usage_source stages its rows without it: it runs on while this one migrates.
  estimated text := CASE WHEN EXISTS (
      SELECT FROM pg_attribute WHERE attrelid = to_regclass('pg_temp.' || quote_ident(p_staging))
         AND attname = 'usage_source' AND NOT attisdropped)
    THEN 'usage_source = ''estimated''' ELSE 'false' END;
BEGIN
  EXECUTE format($sql$
    INSERT INTO pg_temp.daybook_rollup_deltas (tenant_id, day, slot, project_id, provider, model, service_tier,
      currency,
      cost, records, failed_records, unpriced_records, input_tokens, output_tokens, cache_read_input_tokens,
      cache_creation_input_tokens, reasoning_output_tokens, estimated_records, estimated_cost)
    SELECT tenant_id, (occurred_at AT TIME ZONE 'UTC')::date,
      CASE WHEN tenant_id IN (SELECT z.tenant_id FROM tenant_time_zones z)
           THEN floor(extract(epoch FROM (occurred_at AT TIME ZONE 'UTC')::time) / 900) END,
      coalesce(project_id, ''), provider, coalesce(response_model, request_model), service_tier,
      CASE WHEN cost IS NULL THEN 'XXX' ELSE currency END,
      coalesce(sum(counts * cost), 0), sum(counts), coalesce(sum(counts) FILTER (WHERE status = 'failure'), 0),
      coalesce(sum(counts) FILTER (WHERE cost IS NULL), 0),
      coalesce(sum(counts * input_tokens), 0), coalesce(sum(counts * output_tokens), 0),
      coalesce(sum(counts * cache_read_input_tokens), 0), coalesce(sum(counts * cache_creation_input_tokens), 0),
      coalesce(sum(counts * reasoning_output_tokens), 0), coalesce(sum(counts) FILTER (WHERE %3$s), 0),
      coalesce(sum(counts * cost) FILTER (WHERE %3$s), 0)
    FROM (SELECT s.*, (i.source_offset IS NOT NULL)::integer - coalesce(r.is_counted, false)::integer AS counts
            FROM pg_temp.%1$I s
            LEFT JOIN pg_temp.daybook_inserted i
              ON i.source_topic = s.source_topic AND i.source_partition = s.source_partition
             AND i.source_offset = s.source_offset AND i.item = %2$s
            LEFT JOIN pg_temp.daybook_staged_raw r
              ON r.source_topic = s.source_topic AND r.source_partition = s.source_partition
             AND r.source_offset = s.source_offset AND r.item = %2$s) AS staged
    WHERE counts <> 0
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 $sql$, p_staging, daybook_staged_item(p_staging), estimated);
END $$;

COMMENT ON FUNCTION daybook_stage_costs IS 'Adds to the deltas of the batch what its staged calls cost';
REVOKE ALL ON FUNCTION daybook_stage_costs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_stage_costs TO app_write;
