-- What identifies the log that a position belongs to, what operators decide, and what nobody reads in records.
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

ALTER TABLE ingest_offsets
  ADD COLUMN log_start_offset bigint,
  ADD COLUMN topic_partitions integer;
COMMENT ON COLUMN ingest_offsets.log_start_offset IS 'First offset of the log at the last claim: it never goes back in the same log; null after a decision of an operator';
COMMENT ON COLUMN ingest_offsets.topic_partitions IS 'Partitions of the topic when this one was first claimed: a partition behind them was added later';

-- Every partition of a topic that is being read has a row.
UPDATE ingest_offsets o
   SET topic_partitions = (SELECT max(i.partition) + 1 FROM ingest_offsets i
                            WHERE i.cluster_id = o.cluster_id AND i.topic = o.topic)
 WHERE o.cluster_id <> 'daybook';
COMMENT ON TABLE offset_changes IS 'Journal of first starts behind offset 0, of halts, and of what operators decided about them';

ALTER TABLE offset_changes DROP CONSTRAINT offset_changes_action_check,
  ADD CONSTRAINT offset_changes_action_check
    CHECK (action IN ('start', 'halt', 'resume', 'set', 'accept_rejects', 'forget'));
COMMENT ON COLUMN offset_changes.action IS 'start (by Daybook, in a log that does not begin at 0), halt (by Daybook); resume, set, accept_rejects or forget (by an operator)';
COMMENT ON COLUMN offset_changes.new_offset IS 'next_offset after; records between the two were skipped or will be read again. accept_rejects: refusals before it do not halt. forget: 0, where a partition of that number would begin again';

-- What stored records said that nobody reads. A few names of each topic, however many producers invent.
CREATE TABLE unknown_fields (
  topic          text        NOT NULL,
  table_name     text        NOT NULL,
  field          text        NOT NULL CHECK (length(field) BETWEEN 1 AND 300),
  records        bigint      NOT NULL CHECK (records > 0),
  first_seen     timestamptz NOT NULL,
  last_seen      timestamptz NOT NULL,
  last_partition integer     NOT NULL,
  last_offset    bigint      NOT NULL,
  PRIMARY KEY (topic, table_name, field)
);
COMMENT ON TABLE unknown_fields IS 'Fields of stored records that look like usage, cost or outcome and are not read';
COMMENT ON COLUMN unknown_fields.topic IS 'Kafka topic';
COMMENT ON COLUMN unknown_fields.table_name IS 'Table that the records are stored in';
COMMENT ON COLUMN unknown_fields.field IS 'Name with its path, other characters than those of usual names percent-encoded; _other: of too many names';
COMMENT ON COLUMN unknown_fields.records IS 'Records that had it, duplicates counted again';
COMMENT ON COLUMN unknown_fields.first_seen IS 'When a batch counted it first, UTC';
COMMENT ON COLUMN unknown_fields.last_seen IS 'When a batch counted it last, UTC';
COMMENT ON COLUMN unknown_fields.last_partition IS 'Kafka partition of the last record that had it';
COMMENT ON COLUMN unknown_fields.last_offset IS 'Kafka offset of the last record that had it';

REVOKE ALL ON unknown_fields FROM PUBLIC;
GRANT SELECT ON unknown_fields TO app_audit_read;
COMMENT ON TABLE rejected_records IS 'Records that were not accepted, as they came, with the reason';
COMMENT ON COLUMN rejected_records.message IS 'What the producer should do; holds no part of the payload. Of a payload that was cut: its size and SHA-256';
COMMENT ON COLUMN rejected_records.payload IS 'Kafka value, bytes as sent; of one larger than 1 MiB the first 64 KiB; null for a tombstone';

-- Who decides is not for the caller to say: positions, halts and decisions change through functions that stamp it.
REVOKE INSERT, UPDATE ON ingest_offsets FROM app_write, app_maintain;
REVOKE INSERT ON ingest_batches, offset_changes FROM app_write, app_maintain;

-- Which stream a rollup counts, and how.
CREATE TABLE stream_rollups (
  rollup     text PRIMARY KEY CHECK (rollup ~ '^[a-z_][a-z0-9_]{0,49}$'),
  table_name text NOT NULL,
  counted    text NOT NULL CHECK (counted IN ('batch', 'rows'))
);
COMMENT ON TABLE stream_rollups IS 'Rollups of the streams: every record that a batch stores counts in them, in its transaction';
COMMENT ON COLUMN stream_rollups.rollup IS 'Table of sums';
COMMENT ON COLUMN stream_rollups.table_name IS 'Table of the records that it counts';
COMMENT ON COLUMN stream_rollups.counted IS 'batch: by the program, which prices records, while it fills a batch; rows: by a trigger, as rows are stored, by UTC day';
INSERT INTO stream_rollups VALUES ('costs_daily', 'invocations', 'batch'), ('costs_monthly', 'invocations', 'batch');
REVOKE ALL ON stream_rollups FROM PUBLIC;
GRANT SELECT ON stream_rollups TO app_write, app_read, app_finance, app_maintain, app_audit_read;
