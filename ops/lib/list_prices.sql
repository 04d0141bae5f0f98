-- SPDX-License-Identifier: Apache-2.0
-- The list prices of `daybook produce --generate`: with them in the catalogue, records that come without their
-- cost (--without-cost) get the one that the summary says.
SELECT daybook_change_prices((SELECT coalesce(max(version), 0) FROM price_versions),
  'list_prices.sql', 'manual', NULL, '{}',
  (SELECT jsonb_agg(jsonb_build_object('provider', provider, 'model', model, 'service_tier', 'standard',
     'min_input_tokens', 0, 'currency', currency, 'input_price', input, 'cache_read_input_price', cached,
     'cache_creation_input_price', cache_write, 'output_price', output, 'effective_from', '2020-01-01T00:00:00Z'))
   FROM (VALUES
     ('anthropic', 'claude-sonnet-4-5', 'USD', 0.000003, 0.0000003, 0.00000375, 0.000015),
     ('anthropic', 'claude-haiku-4-5', 'USD', 0.000001, 0.0000001, 0.00000125, 0.000005),
     ('anthropic', 'claude-opus-4-1', 'USD', 0.000015, 0.0000015, 0.00001875, 0.000075),
     ('openai', 'gpt-5', 'USD', 0.00000125, 0.000000125, 0.00000125, 0.00001),
     ('openai', 'gpt-5-mini', 'USD', 0.00000025, 0.000000025, 0.00000025, 0.000002),
     ('aws.bedrock', 'claude-sonnet-4-5', 'USD', 0.0000033, 0.00000033, 0.000004125, 0.0000165),
     ('gcp.gemini', 'gemini-2.5-flash', 'USD', 0.0000003, 0.000000075, 0.0000003, 0.0000025),
     ('mistral_ai', 'mistral-large-latest', 'EUR', 0.0000018, 0.0000018, 0.0000018, 0.0000054)
   ) AS prices (provider, model, currency, input, cached, cache_write, output)),
  '[]');
