SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

DROP TABLE unknown_fields, stream_rollups;
DROP FUNCTION IF EXISTS daybook_stage_sums();
COMMENT ON TABLE rejected_records IS 'Records that were not accepted, byte for byte, with the reason';
COMMENT ON COLUMN rejected_records.message IS 'What the producer should do; holds no part of the payload';
COMMENT ON COLUMN rejected_records.payload IS 'Kafka value, bytes as sent; null for a tombstone';

-- The older journal has no words for these; what they did to the positions stays.
DROP TRIGGER IF EXISTS stamp ON offset_changes;
DROP TRIGGER IF EXISTS refuse_change ON offset_changes;
DROP TRIGGER IF EXISTS refuse_truncate ON offset_changes;
DROP FUNCTION IF EXISTS daybook_stamp_offset_change();
UPDATE offset_changes SET action = 'set', reason = 'forget: ' || reason WHERE action = 'forget';
UPDATE offset_changes
   SET action = 'resume', new_offset = old_offset,
       reason = format('refusals before %s are accepted: %s', new_offset, reason)
 WHERE action = 'accept_rejects';
UPDATE offset_changes SET action = 'set' WHERE action = 'start';
ALTER TABLE offset_changes
  DROP CONSTRAINT offset_changes_action_check,
  ADD CONSTRAINT offset_changes_action_check CHECK (action IN ('halt', 'resume', 'set'));
COMMENT ON TABLE offset_changes IS 'Journal of halts and of what operators decided about them';
COMMENT ON COLUMN offset_changes.action IS 'halt (by Daybook), resume or set (by an operator)';
COMMENT ON COLUMN offset_changes.new_offset IS 'next_offset after; records between the two were skipped or will be read again';
ALTER TABLE ingest_offsets DROP COLUMN log_start_offset, DROP COLUMN topic_partitions;
GRANT INSERT, UPDATE ON ingest_offsets TO app_write;
GRANT INSERT ON ingest_batches, offset_changes TO app_write;
GRANT UPDATE ON ingest_offsets TO app_maintain;
GRANT INSERT ON offset_changes TO app_maintain;
