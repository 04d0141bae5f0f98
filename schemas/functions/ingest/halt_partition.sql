CREATE OR REPLACE FUNCTION daybook_halt_partition(
  p_cluster text, p_topic text, p_partition integer, p_epoch bigint, p_reason text, p_detail text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  position bigint;
BEGIN
  UPDATE ingest_offsets o
     SET state = 'halted', halt_reason = p_reason, halt_detail = p_detail,
         halted_at = pg_catalog.clock_timestamp(), updated_at = daybook_time_after(o.updated_at)
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

COMMENT ON FUNCTION daybook_halt_partition IS 'Stores a halt, unless the partition is halted already or p_epoch is not its epoch';
REVOKE ALL ON FUNCTION daybook_halt_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_halt_partition TO app_write;
