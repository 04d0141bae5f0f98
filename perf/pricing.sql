-- SPDX-License-Identifier: Apache-2.0
-- A catalogue of the size of LiteLLM's: beside the list prices of the load, 3,000 models of ten providers, two tiers
-- and two prices in a row each, and 200 patterns.
SELECT daybook_change_prices((SELECT coalesce(max(version), 0) FROM price_versions),
  'pricing.sql', 'manual', NULL, '{}',
  (SELECT jsonb_agg(jsonb_build_object('provider', 'provider-' || model % 10, 'model', 'model-' || model,
     'service_tier', tier, 'min_input_tokens', 0, 'currency', 'USD', 'input_price', 0.000003, 'output_price', 0.000015,
     'effective_from', starts, 'effective_to', ends))
   FROM generate_series(1, 3000) AS model, unnest(ARRAY['standard', 'batch']) AS tier,
     (VALUES ('2020-01-01T00:00:00Z', '2026-01-01T00:00:00Z'), ('2026-01-01T00:00:00Z', NULL))
       AS ranges (starts, ends)),
  (SELECT jsonb_agg(jsonb_build_object('provider', 'provider-' || n % 10, 'pattern', 'model-' || n || '-*',
     'target_model', 'model-' || n)) FROM generate_series(1, 200) AS n));
