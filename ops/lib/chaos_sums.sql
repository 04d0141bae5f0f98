-- SPDX-License-Identifier: Apache-2.0
-- The four sums after ops/chaos: one row a figure, as the producers promised it and as the database holds it.
-- The table `produced` has one report of `daybook produce --generate --json` a row. Daybook's own events (cluster
-- daybook) were produced by nobody, and are left out.
WITH promised (figure, value) AS (
  SELECT 'records', sum((report->>'kafka_records')::numeric) FROM produced
  UNION ALL SELECT 'items', sum((report->>'produced')::numeric) FROM produced
  UNION ALL SELECT 'stored', sum((report->>'unique')::numeric) FROM produced
  UNION ALL SELECT 'duplicates', sum((report->>'duplicates')::numeric) FROM produced
  UNION ALL SELECT 'rejected', sum((report->>'rejected')::numeric) FROM produced
  UNION ALL SELECT 'rows of invocations', sum((report->>'invocations')::numeric) FROM produced
  UNION ALL SELECT 'rows of audit_logs', sum((report->>'audit_logs')::numeric) FROM produced
  UNION ALL SELECT 'sum of the stored offsets', sum((report->>'kafka_records')::numeric) FROM produced
  UNION ALL SELECT 'offsets in the ledger', sum((report->>'kafka_records')::numeric) FROM produced
  UNION ALL SELECT 'input tokens by ' || period, sum((report->>'input_tokens')::numeric)
    FROM produced, (VALUES ('row'), ('day'), ('month')) AS periods (period) GROUP BY period
  UNION ALL SELECT 'rejected: ' || reason, sum(count::numeric)
    FROM produced, jsonb_each_text(report->'rejected_by_reason') AS reasons (reason, count) GROUP BY reason
  UNION ALL SELECT currency || ' by ' || period, sum(cost::numeric)
    FROM produced, jsonb_each_text(report->'cost_by_currency') AS costs (currency, cost),
      (VALUES ('row'), ('day'), ('month')) AS periods (period) GROUP BY currency, period
), held (figure, value) AS (
  SELECT 'records', sum(records) FROM ingest_spans WHERE cluster_id <> 'daybook'
  UNION ALL SELECT 'items', sum(seen) FROM ingest_spans WHERE cluster_id <> 'daybook'
  UNION ALL SELECT 'stored', sum(stored) FROM ingest_spans WHERE cluster_id <> 'daybook'
  UNION ALL SELECT 'duplicates', sum(duplicates) FROM ingest_spans WHERE cluster_id <> 'daybook'
  UNION ALL SELECT 'rejected', sum(rejected) FROM ingest_spans WHERE cluster_id <> 'daybook'
  UNION ALL SELECT 'rows of invocations', count(*)::numeric FROM invocations
  UNION ALL SELECT 'rows of audit_logs', count(*)::numeric FROM audit_logs WHERE source_topic <> 'daybook.events'
  UNION ALL SELECT 'sum of the stored offsets', sum(next_offset) FROM ingest_offsets WHERE cluster_id <> 'daybook'
  UNION ALL SELECT 'offsets in the ledger', sum(next_offset - from_offset) FROM ingest_spans
    WHERE cluster_id <> 'daybook'
  UNION ALL SELECT 'input tokens by row', sum(input_tokens) FROM invocations
  UNION ALL SELECT 'input tokens by day', sum(input_tokens) FROM costs_daily
  UNION ALL SELECT 'input tokens by month', sum(input_tokens) FROM costs_monthly
  UNION ALL SELECT 'rejected: ' || reason, count(*)::numeric FROM rejected_records GROUP BY reason
  UNION ALL SELECT currency || ' by row', sum(cost) FROM invocations WHERE cost IS NOT NULL GROUP BY currency
  UNION ALL SELECT currency || ' by day', sum(cost) FROM costs_daily WHERE currency <> 'XXX' GROUP BY currency
  UNION ALL SELECT currency || ' by month', sum(cost) FROM costs_monthly WHERE currency <> 'XXX' GROUP BY currency
)
SELECT figure, trim_scale(promised.value) AS promised, trim_scale(held.value) AS held,
  CASE WHEN promised.value IS NOT DISTINCT FROM held.value THEN 'equal' ELSE 'DIFFERENT' END AS verdict
FROM promised FULL JOIN held USING (figure)
ORDER BY figure COLLATE "C";
