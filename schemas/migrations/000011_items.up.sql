-- Records of Kafka that hold many items, each of which becomes a row, is skipped, or is refused by itself.
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- Columns without a default, or with a constant one: no table is written anew, and an ordinary row takes no byte more.
ALTER TABLE audit_logs ADD COLUMN source_item integer;
ALTER TABLE invocations ADD COLUMN source_item integer;
COMMENT ON COLUMN audit_logs.source_item IS 'Which item of the Kafka record it came from, from 0; null: the record itself is the row';
COMMENT ON COLUMN invocations.source_item IS 'Which item of the Kafka record it came from, from 0; null: the record itself is the row';
GRANT SELECT (source_item) ON audit_logs, invocations TO app_write;
GRANT SELECT (source_item) ON invocations TO app_finance;

ALTER TABLE rejected_records ADD COLUMN item integer;
COMMENT ON TABLE rejected_records IS 'Records, and items of records, that were not accepted, as they came, with the reason. Key, payload and headers of a record are kept once, however many of its items are refused';
COMMENT ON COLUMN rejected_records.item IS 'Which item of the record was refused, from 0; null: the record as a whole';
COMMENT ON COLUMN rejected_records.key IS 'Kafka key, bytes as sent; of a record with several refused items on the row that has its payload';
COMMENT ON COLUMN rejected_records.payload IS 'Kafka value of the whole record, bytes as sent; of one larger than 1 MiB the first 64 KiB; null for a tombstone. Of a record with several refused items one row has it, that of the lowest item which was refused before the database was asked, else of the lowest one; the others are null, and find it by topic, partition, offset and batch_id';
COMMENT ON COLUMN rejected_records.headers IS 'Kafka headers in order: [{"name", "value"}], or "base64" instead of "value" where it is no text; null without headers. Of a record with several refused items on the row that has its payload';

-- Null where a release before this one wrote the row: as many as seen. A value would have to be written into each row.
ALTER TABLE ingest_batches
  ADD COLUMN records bigint,
  ADD COLUMN skipped bigint NOT NULL DEFAULT 0;
-- Not validated: that would read the whole ledger under a lock that batches wait for, and the rows that are there obey
-- the constraints that are replaced.
ALTER TABLE ingest_batches
  DROP CONSTRAINT ingest_batches_check,
  ADD CONSTRAINT ingest_batches_check CHECK (seen = stored + duplicates + rejected + skipped) NOT VALID,
  ADD CONSTRAINT ingest_batches_items_check CHECK (least(records, skipped) >= 0) NOT VALID;
COMMENT ON TABLE ingest_batches IS 'Batch ledger: one row a transaction, with what became of every record that it consumed, and of every item of these';
COMMENT ON COLUMN ingest_batches.seen IS 'Items consumed = stored + duplicates + rejected + skipped; a record that is its own item, or is refused as a whole, is one';
COMMENT ON COLUMN ingest_batches.duplicates IS 'Items whose identity and content were stored before';
COMMENT ON COLUMN ingest_batches.rejected IS 'Items kept in rejected_records';
COMMENT ON COLUMN ingest_batches.records IS 'Kafka records consumed: these and the gaps are the offsets; null: as many as seen';
COMMENT ON COLUMN ingest_batches.skipped IS 'Items that are none of the stream''s, such as the spans of a trace that call no model';
COMMENT ON COLUMN ingest_batches.spans IS 'Array, one object a Kafka partition: cluster, topic, partition, from, next, table, records, seen, stored, duplicates, rejected, skipped, gaps; without records: as many as seen; without skipped: none';

-- It returns the item, too.
DROP FUNCTION IF EXISTS daybook_same_content(text, text, jsonb[]);

-- A renamed attribute is seen on its first day, and how many records it was each day.
CREATE TABLE unknown_field_days (
  topic      text   NOT NULL,
  table_name text   NOT NULL,
  field      text   NOT NULL CHECK (length(field) BETWEEN 1 AND 300),
  day        date   NOT NULL,
  records    bigint NOT NULL CHECK (records > 0),
  PRIMARY KEY (topic, table_name, field, day)
);
COMMENT ON TABLE unknown_field_days IS 'unknown_fields by the day on which the records were stored';
COMMENT ON COLUMN unknown_field_days.topic IS 'Kafka topic';
COMMENT ON COLUMN unknown_field_days.table_name IS 'Table that the records are stored in';
COMMENT ON COLUMN unknown_field_days.field IS 'unknown_fields.field';
COMMENT ON COLUMN unknown_field_days.day IS 'UTC';
COMMENT ON COLUMN unknown_field_days.records IS 'Records, and items of records, that had it, duplicates counted again';
REVOKE ALL ON unknown_field_days FROM PUBLIC;
GRANT SELECT ON unknown_field_days TO app_audit_read;
