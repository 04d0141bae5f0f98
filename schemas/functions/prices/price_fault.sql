-- Whether a price can be that of a call, and a cost that of its tokens: in force then, of its tier, threshold and
-- name, and between the lowest and the highest rate for every token. Which price it is to the last digit is for
-- Pricing to say, which audit, reconcile and close ask; spellings and aliases of names are its matter too, so the name
-- is compared loosely. A tier is one of few, and has the spellings of ServiceTier (Pricing), which a test compares.
CREATE OR REPLACE FUNCTION daybook_price_fault(p_price bigint, p_version bigint, p_at timestamptz, p_models text[],
  p_tier text,
  p_input bigint, p_output bigint, p_input_parts bigint, p_output_parts bigint, p_cost numeric) RETURNS text
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT CASE
    WHEN p.version > p_version OR p.superseded_by <= p_version THEN 'is not of the catalogue of the run'
    WHEN p_at < p.effective_from OR p_at >= p.effective_to THEN 'was not in force then'
    WHEN coalesce(tier.spellings ->> tier.priced, tier.priced)
      NOT IN (coalesce(tier.spellings ->> tier.served, tier.served), 'standard')
      -- Without a price of its own fast has that of priority.
      AND NOT (tier.served = 'fast' AND coalesce(tier.spellings ->> tier.priced, tier.priced) = 'priority')
      THEN 'is of another service tier'
    WHEN p_input IS NULL OR p_output IS NULL THEN 'is for tokens, which the record does not tell'
    WHEN p.min_input_tokens > 0 AND p_input <= p.min_input_tokens THEN 'is for more input tokens'
    WHEN NOT EXISTS (
      SELECT FROM pg_catalog.unnest(p_models) AS name,
        -- Vertex AI's path of meta/x is publishers/meta/models/x.
        LATERAL (SELECT pg_catalog.regexp_replace(pg_catalog.lower(name), '/models/|[^a-z0-9]', '', 'g') AS said,
                        pg_catalog.regexp_replace(pg_catalog.lower(p.model), '/models/|[^a-z0-9]', '', 'g') AS priced)
          AS bare
       WHERE pg_catalog.strpos(bare.said, bare.priced) > 0 OR pg_catalog.strpos(bare.priced, bare.said) > 0
          -- Of a name an alias may mean what stands behind a provider, and a fine-tuned model without its owner.
          OR EXISTS (SELECT FROM price_aliases a,
                       LATERAL (SELECT pg_catalog.replace(pg_catalog.regexp_replace(a.pattern, '([\\%_])', '\\\1', 'g'),
                         '*', '%') AS text) AS pattern,
                       LATERAL (VALUES (name), (pg_catalog.regexp_replace(name, '(^|/)(ft:[^:]*):.*$', '\1\2')))
                         AS called(name)
                      WHERE a.target_model = p.model AND a.version <= p_version
                        AND (a.superseded_by IS NULL OR a.superseded_by > p_version)
                        AND (called.name LIKE pattern.text OR called.name LIKE '%/' || pattern.text)))
      THEN 'is of another model'
    WHEN p_input > 0 AND rates.least_in IS NULL OR p_output > 0 AND rates.least_out IS NULL
      THEN 'has no rate for its tokens'
    WHEN p_cost < pg_catalog.round(p_input * coalesce(rates.least_in, 0) + p_output * coalesce(rates.least_out, 0), 12)
      OR p_cost > pg_catalog.round(greatest(p_input, p_input_parts) * coalesce(rates.most_in, 0)
                                   + greatest(p_output, p_output_parts) * coalesce(rates.most_out, 0), 12)
      THEN 'does not make that cost of its tokens' END
    FROM model_prices p, LATERAL (
      SELECT pg_catalog.lower(p.service_tier COLLATE "C") AS priced, pg_catalog.lower(p_tier COLLATE "C") AS served,
        '{"": "standard", "default": "standard", "on_demand": "standard", "on_demand_priority": "priority",
          "on_demand_flex": "flex", "batches": "batch"}'::jsonb AS spellings) AS tier, LATERAL (
      SELECT pg_catalog.min(r.value::numeric) FILTER (WHERE r.key !~ 'output') AS least_in,
             pg_catalog.max(r.value::numeric) FILTER (WHERE r.key !~ 'output') AS most_in,
             pg_catalog.min(r.value::numeric) FILTER (WHERE r.key ~ 'output') AS least_out,
             pg_catalog.max(r.value::numeric) FILTER (WHERE r.key ~ 'output') AS most_out
        FROM pg_catalog.jsonb_each_text(pg_catalog.to_jsonb(p)) AS r WHERE r.key ~ '_price$') AS rates
   WHERE p.price_id = p_price
$$;

COMMENT ON FUNCTION daybook_price_fault IS 'Why a row of model_prices cannot be the price of a call, or a cost not that of its tokens; null when it can';
REVOKE ALL ON FUNCTION daybook_price_fault FROM PUBLIC;
