-- SPDX-License-Identifier: Apache-2.0
-- Fills the partition of invocations for 2026-06 with :records rows as wide and as varied as those that
-- `daybook produce` makes. Without the primary key, which ATTACH then builds in one sort.
\set ON_ERROR_STOP on
SET ROLE app_owner;
SET timezone = 'UTC';
SET max_parallel_workers_per_gather = 0;
SELECT setseed(0.5) \g /dev/null
CREATE TABLE invocations_p20260601 (LIKE invocations INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
INSERT INTO invocations_p20260601
SELECT
  (lpad(to_hex((extract(epoch FROM t) * 1000)::bigint), 12, '0')
    || '7' || substr(h, 1, 3) || 'a' || substr(h, 4, 15))::uuid,
  t,
  'tenant-' || lpad((50 * r1 * r1 * r1)::integer::text, 2, '0'),
  CASE WHEN r2 < 0.8 THEN (ARRAY['support-bot', 'search', 'code-review', 'claims-intake', 'summaries',
    'translation'])[1 + (n % 6)] END,
  'u-' || (5000 * r3)::integer,
  NULL,
  (ARRAY['anthropic', 'openai', 'aws.bedrock', 'gcp.gemini'])[1 + m % 4],
  CASE WHEN r3 < 0.75 THEN 'chat' ELSE 'text_completion' END,
  (ARRAY['claude-sonnet-4-5', 'gpt-5-mini', 'claude-sonnet-4-5', 'gemini-2.5-flash'])[1 + m % 4],
  (ARRAY['claude-sonnet-4-5-20250929', 'gpt-5-mini-2025-08-07', 'anthropic.claude-sonnet-4-5-v1:0',
    'gemini-2.5-flash'])[1 + m % 4],
  'msg_' || substr(h, 1, 16),
  tokens, output_tokens,
  CASE WHEN r2 < 0.55 THEN tokens / 2 ELSE 0 END,
  CASE WHEN r2 > 0.86 THEN tokens / 3 ELSE 0 END,
  0,
  CASE WHEN r3 < 0.2 THEN output_tokens / 2 ELSE 0 END,
  0, 0,
  CASE WHEN r1 < 0.06 THEN 'batch' ELSE 'standard' END,
  CASE WHEN m < 95 THEN (tokens * 3000000 + output_tokens * 15000000) / 1000000000000::numeric END,
  CASE WHEN m < 95 THEN 'USD' END,
  CASE WHEN m < 95 THEN 'producer' ELSE 'none' END,
  NULL, 'success', NULL,
  CASE WHEN r3 < 0.9 THEN ARRAY['end_turn'] ELSE ARRAY['max_tokens'] END,
  r2 < 0.6,
  100 + (5000 * r3)::integer, (1250 * r3)::integer,
  CASE WHEN r1 < 0.4 THEN 'conv-' || (100000 * r2)::integer END,
  NULL, NULL, NULL,
  jsonb_build_object('cost_center', 'cc-' || 400 + m % 40),
  CASE WHEN m % 10 = 0 THEN jsonb_build_object('session', h, 'feature', 'search') END,
  sha256(n::text::bytea),
  t + interval '2 seconds',
  'ai.llm-invocations.v1', n % 8, n / 8
FROM (
  SELECT n, timestamptz '2026-06-01' + n * interval '29 days' / :records + random() * interval '1 second' AS t,
         random() AS r1, random() AS r2, random() AS r3, (100 * random())::integer AS m,
         md5(n::text) AS h, (900 + 6000 * random())::bigint AS tokens, (50 + 700 * random())::bigint AS output_tokens
    FROM generate_series(1, :records) AS n OFFSET 0
) AS made;
ALTER TABLE invocations ATTACH PARTITION invocations_p20260601
  FOR VALUES FROM ('2026-06-01 00:00+00') TO ('2026-07-01 00:00+00');
RESET ROLE;
VACUUM (FREEZE, ANALYZE) invocations_p20260601;
CHECKPOINT;
