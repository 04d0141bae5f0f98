SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

COMMENT ON TABLE rejected_records IS 'Records that were not accepted, byte for byte, with the reason';
COMMENT ON COLUMN rejected_records.message IS 'What the producer should do; holds no part of the payload';
COMMENT ON COLUMN rejected_records.payload IS 'Kafka value, bytes as sent; null for a tombstone';

DROP FUNCTION daybook_count_unknown_fields;
DROP TABLE unknown_fields;
DROP FUNCTION daybook_forget_partition, daybook_rejects_accepted, daybook_accept_rejects;

-- The older journal has no words for these; what they did to the positions stays.
ALTER TABLE offset_changes DISABLE TRIGGER refuse_change;
UPDATE offset_changes SET action = 'set', reason = 'forget: ' || reason WHERE action = 'forget';
UPDATE offset_changes
   SET action = 'resume', new_offset = old_offset,
       reason = format('refusals before %s are accepted: %s', new_offset, reason)
 WHERE action = 'accept_rejects';
ALTER TABLE offset_changes ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE offset_changes DROP CONSTRAINT offset_changes_action_check,
  ADD CONSTRAINT offset_changes_action_check CHECK (action IN ('start', 'halt', 'resume', 'set'));
COMMENT ON COLUMN offset_changes.action IS 'start (by Daybook, in a log that does not begin at 0), halt (by Daybook), resume or set (by an operator)';
COMMENT ON COLUMN offset_changes.new_offset IS 'next_offset after; records between the two were skipped or will be read again';
