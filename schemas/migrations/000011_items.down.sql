-- The older release counts a record as one item: a ledger that says otherwise would not add up for it.
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

DO $$
BEGIN
  IF EXISTS (SELECT FROM ingest_batches WHERE skipped <> 0 OR records <> seen)
     OR EXISTS (SELECT FROM rejected_records WHERE item > 0)
     OR EXISTS (SELECT FROM partition_retirements r, jsonb_path_query(r.totals, '$.tables.*') AS t
                 WHERE r.table_name = 'ingest_batches'
                   AND ((t->>'records')::bigint <> (t->>'seen')::bigint OR (t->>'skipped')::bigint <> 0)) THEN
    RAISE EXCEPTION 'records with several items, or with none, are in the ledger'
      USING HINT = 'The release before this one cannot account for them: keep this one, or restore a backup from before.';
  END IF;
END $$;

ALTER TABLE ingest_batches
  DROP CONSTRAINT ingest_batches_items_check,
  DROP CONSTRAINT ingest_batches_check,
  ADD CONSTRAINT ingest_batches_check CHECK (seen = stored + duplicates + rejected),
  DROP COLUMN records,
  DROP COLUMN skipped;
COMMENT ON TABLE ingest_batches IS 'Batch ledger: one row a transaction, with what became of every record that it consumed';
COMMENT ON COLUMN ingest_batches.seen IS 'Records consumed = stored + duplicates + rejected';
COMMENT ON COLUMN ingest_batches.duplicates IS 'Records whose identity and content were stored before';
COMMENT ON COLUMN ingest_batches.rejected IS 'Records kept in rejected_records';
COMMENT ON COLUMN ingest_batches.spans IS 'Array, one object a Kafka partition: cluster, topic, partition, from, next, table, seen, stored, duplicates, rejected, gaps';

ALTER TABLE rejected_records DROP COLUMN item;
COMMENT ON TABLE rejected_records IS 'Records that were not accepted, as they came, with the reason';
COMMENT ON COLUMN rejected_records.key IS 'Kafka key, bytes as sent';
COMMENT ON COLUMN rejected_records.payload IS 'Kafka value, bytes as sent; of one larger than 1 MiB the first 64 KiB; null for a tombstone';
COMMENT ON COLUMN rejected_records.headers IS 'Kafka headers in order: [{"name", "value"}], or "base64" instead of "value" where it is no text; null without headers';

ALTER TABLE audit_logs DROP COLUMN source_item;
ALTER TABLE invocations DROP COLUMN source_item;
DROP TABLE unknown_field_days;
