-- A partition that the topic has no more: its position goes, the journal keeps it.
CREATE OR REPLACE FUNCTION daybook_forget_partition(p_cluster text, p_topic text, p_partition integer, p_reason text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  position bigint;
BEGIN
  DELETE FROM ingest_offsets o
   WHERE o.cluster_id = p_cluster AND o.topic = p_topic AND o.partition = p_partition
     AND o.halt_reason = 'partition_count_shrank' AND pg_catalog.btrim(p_reason) <> ''
  RETURNING o.next_offset INTO position;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO offset_changes (cluster_id, topic, partition, action, old_offset, new_offset, reason)
  VALUES (p_cluster, p_topic, p_partition, 'forget', position, 0, p_reason);
  RETURN true;
END $$;

COMMENT ON FUNCTION daybook_forget_partition IS 'Removes and journals the position of a partition that was halted because its topic has fewer partitions now';
REVOKE ALL ON FUNCTION daybook_forget_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_forget_partition TO app_maintain;
