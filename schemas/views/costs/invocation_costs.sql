-- What each call costs now: the record, and what was posted beside it.
CREATE OR REPLACE VIEW invocation_costs AS
SELECT i.tenant_id, i.occurred_at, i.invocation_id, i.project_id, i.provider, i.operation, i.request_model,
  i.response_model,
       i.service_tier, i.status, i.input_tokens, i.output_tokens, i.cache_read_input_tokens,
         i.cache_creation_input_tokens,
       i.cache_creation_1h_input_tokens, i.reasoning_output_tokens, i.audio_input_tokens, i.audio_output_tokens,
       CASE WHEN c.currency <> 'XXX' THEN c.cost END AS cost,
       CASE WHEN c.currency <> 'XXX' THEN c.currency END AS currency,
       CASE WHEN a.adjustment_id IS NULL THEN i.cost_source ELSE 'computed' END AS cost_source,
       CASE WHEN a.adjustment_id IS NULL THEN i.price_version ELSE a.to_price_version END AS price_version,
       i.cost AS recorded_cost, i.currency AS recorded_currency, i.cost_source AS recorded_cost_source,
       i.price_version AS recorded_price_version, a.adjustment_id AS last_adjustment_id,
       i.ingested_at, i.source_topic, i.source_partition, i.source_offset, i.region, i.source_item, i.usage_source
  FROM invocations i
  LEFT JOIN LATERAL (
    SELECT l.adjustment_id, l.to_price_version FROM cost_adjustments l
     WHERE l.kind = 'reprice' AND l.tenant_id = i.tenant_id AND l.occurred_at = i.occurred_at
       AND l.invocation_id = i.invocation_id
     ORDER BY l.adjustment_id DESC LIMIT 1) AS a ON true
  LEFT JOIN LATERAL (
    -- The record counts once, in the currency where its lines leave it.
    SELECT e.currency, sum(e.cost) AS cost FROM (
      SELECT CASE WHEN i.cost IS NULL THEN 'XXX' ELSE i.currency END AS currency, coalesce(i.cost, 0) AS cost,
        1 AS records
      UNION ALL
      SELECT l.currency, l.cost, l.records FROM cost_adjustments l
       WHERE l.kind = 'reprice' AND l.tenant_id = i.tenant_id AND l.occurred_at = i.occurred_at
         AND l.invocation_id = i.invocation_id) AS e
     GROUP BY e.currency HAVING sum(e.records) = 1) AS c ON true;

COMMENT ON VIEW invocation_costs IS 'What each call costs now: the record with its adjustments applied; recorded_… is what the record says';
GRANT SELECT ON invocation_costs TO app_finance, app_audit_read;
