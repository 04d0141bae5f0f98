-- What costs_daily and costs_monthly add up. The tables have these columns, cost_adjustments and reconciliation_drift
-- too.
CREATE OR REPLACE FUNCTION daybook_cost_measures() RETURNS TABLE (name text, type text)
LANGUAGE sql IMMUTABLE SET search_path FROM CURRENT AS $$
  VALUES ('cost', 'numeric'), ('records', 'bigint'), ('failed_records', 'bigint'), ('unpriced_records', 'bigint'),
    ('input_tokens', 'bigint'), ('output_tokens', 'bigint'), ('cache_read_input_tokens', 'bigint'),
    ('cache_creation_input_tokens', 'bigint'), ('reasoning_output_tokens', 'bigint'),
    ('estimated_records', 'bigint'), ('estimated_cost', 'numeric')
$$;

COMMENT ON FUNCTION daybook_cost_measures IS 'Names and types of the measures of the cost rollups';
REVOKE ALL ON FUNCTION daybook_cost_measures FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_cost_measures TO app_write;
