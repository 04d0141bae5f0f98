SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

GRANT INSERT, UPDATE ON ingest_offsets TO app_write;
GRANT INSERT ON ingest_batches, offset_changes TO app_write;
GRANT UPDATE ON ingest_offsets TO app_maintain;
GRANT INSERT ON offset_changes TO app_maintain;
GRANT EXECUTE ON FUNCTION daybook_refuse_change TO PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_first_position TO app_write;

DROP TRIGGER stamp ON billing_journal;
DROP TRIGGER stamp ON partition_journal;
DROP TRIGGER stamp ON offset_changes;
DROP TRIGGER refuse_change ON offset_changes;
DROP TRIGGER refuse_truncate ON offset_changes;
DROP FUNCTION daybook_stamp_journal();
DROP FUNCTION daybook_stamp_offset_change();
DROP FUNCTION daybook_decide_offset(text, text, integer, text, bigint, bigint, text);

ALTER FUNCTION daybook_claim_partitions(text, text, jsonb) SECURITY INVOKER;
CREATE OR REPLACE FUNCTION daybook_halt_partition(
  p_cluster text, p_topic text, p_partition integer, p_epoch bigint, p_reason text, p_detail text)
RETURNS boolean LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  position bigint;
BEGIN
  UPDATE ingest_offsets o
     SET state = 'halted', halt_reason = p_reason, halt_detail = p_detail,
         halted_at = clock_timestamp(), updated_at = clock_timestamp()
   WHERE o.cluster_id = p_cluster AND o.topic = p_topic AND o.partition = p_partition
     AND o.state = 'active' AND (p_epoch IS NULL OR o.epoch = p_epoch)
  RETURNING o.next_offset INTO position;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO offset_changes (cluster_id, topic, partition, action, old_offset, new_offset, reason)
  VALUES (p_cluster, p_topic, p_partition, 'halt', position, position, p_reason || ': ' || p_detail);
  RETURN true;
END $$;
CREATE OR REPLACE FUNCTION daybook_partition_of(p_table text, p_month date) RETURNS text
LANGUAGE sql STABLE SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' AS $$
  SELECT c.relname::text
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
   WHERE i.inhparent = quote_ident(p_table)::regclass AND NOT i.inhdetachpending
     AND pg_get_expr(c.relpartbound, c.oid)
         = format('FOR VALUES FROM (%L) TO (%L)', date_trunc('month', p_month::timestamptz)::text,
                  (date_trunc('month', p_month::timestamptz) + interval '1 month')::text)
$$;
