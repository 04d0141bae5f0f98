CREATE OR REPLACE VIEW ingest_spans AS
SELECT b.batch_id, b.committed_at, b.owner, s.cluster AS cluster_id, s.topic, s.partition,
       s."from" AS from_offset, s.next AS next_offset, s."table" AS table_name,
       s.seen, s.stored, s.duplicates, s.rejected, s.gaps AS gap_offsets,
       coalesce(s.records, s.seen) AS records, coalesce(s.skipped, 0) AS skipped
FROM ingest_batches b,
     jsonb_to_recordset(b.spans) AS s(cluster text, topic text, partition integer, "from" bigint,
       next bigint, "table" text, seen bigint, stored bigint, duplicates bigint, rejected bigint,
       gaps bigint, records bigint, skipped bigint);

COMMENT ON VIEW ingest_spans IS 'The batch ledger by Kafka partition: offsets [from_offset, next_offset) = records + gap_offsets; items seen = stored + duplicates + rejected + skipped';
GRANT SELECT ON ingest_spans TO app_write, app_read, app_finance, app_maintain, app_audit_read;
