-- What adds up to the rollups of open months: each call as it was recorded, and what was posted beside it in its own
-- month.
CREATE OR REPLACE VIEW charges AS
SELECT tenant_id, occurred_at, coalesce(project_id, '') AS project_id, provider,
  coalesce(response_model, request_model) AS model,
       service_tier, (CASE WHEN cost IS NULL THEN 'XXX' ELSE currency END)::char(3) AS currency,
       coalesce(cost, 0)::numeric(38,12) AS cost, 1::bigint AS records,
         (status = 'failure')::integer::bigint AS failed_records,
       (cost IS NULL)::integer::bigint AS unpriced_records, coalesce(input_tokens, 0) AS input_tokens,
       coalesce(output_tokens, 0) AS output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
         reasoning_output_tokens,
       coalesce(usage_source = 'estimated', false)::integer::bigint AS estimated_records,
       (CASE WHEN usage_source = 'estimated' THEN coalesce(cost, 0) ELSE 0 END)::numeric(38,12) AS estimated_cost
  FROM invocations
UNION ALL
SELECT tenant_id, occurred_at, project_id, provider, model, service_tier, currency, cost, records, failed_records,
       unpriced_records, input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
         reasoning_output_tokens, estimated_records, estimated_cost
  FROM cost_adjustments
 WHERE kind = 'reprice' AND billing_month = charge_month;

COMMENT ON VIEW charges IS 'Recorded costs and the adjustments that are no corrections, in the shape of the rollups; for functions of Daybook only';
