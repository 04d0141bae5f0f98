-- The row of a partition that is claimed for the first time, if it has none.
--
-- In a topic that is new it starts at its low watermark, which is journaled unless it is 0. In a topic that was
-- read before it was added it must start at 0: what is gone from its log was never read, and it halts.
CREATE OR REPLACE FUNCTION daybook_first_position(
  p_cluster text, p_topic text, p_partition integer, p_low bigint, p_partitions integer)
RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  halt record;
  start bigint := p_low;
BEGIN
  SELECT 'cluster_id_changed' AS reason,
         pg_catalog.format('cluster %s has been read up to offset %s', p.cluster_id, p.next_offset) AS detail
    INTO halt
    FROM ingest_offsets p
   WHERE p.topic = p_topic AND p.partition = p_partition AND p.cluster_id <> p_cluster
   ORDER BY p.updated_at DESC LIMIT 1;
  IF NOT FOUND AND p_low > 0 THEN
    SELECT 'new_partition_starts_late' AS reason,
           pg_catalog.format('records [0, %s) are gone from the log of a partition that was added when the topic was'
             ' read already: %s records', p_low, p_low) AS detail
      INTO halt
      FROM ingest_offsets p
     WHERE p.cluster_id = p_cluster AND p.topic = p_topic AND p.topic_partitions <= p_partition
     LIMIT 1;
    IF FOUND THEN
      start := 0;
    END IF;
  END IF;
  INSERT INTO ingest_offsets (cluster_id, topic, partition, next_offset, topic_partitions,
    state, halt_reason, halt_detail, halted_at)
  VALUES (p_cluster, p_topic, p_partition, start, p_partitions,
    CASE WHEN halt.reason IS NULL THEN 'active' ELSE 'halted' END, halt.reason, halt.detail,
    CASE WHEN halt.reason IS NOT NULL THEN pg_catalog.clock_timestamp() END)
  ON CONFLICT DO NOTHING;
  IF FOUND AND (halt.reason IS NOT NULL OR start > 0) THEN
    INSERT INTO offset_changes (cluster_id, topic, partition, action, old_offset, new_offset, reason)
    VALUES (p_cluster, p_topic, p_partition, CASE WHEN halt.reason IS NULL THEN 'start' ELSE 'halt' END,
      CASE WHEN halt.reason IS NULL THEN 0 ELSE start END, start,
      coalesce(halt.reason || ': ' || halt.detail, pg_catalog.format('the log begins at %s', start)));
  END IF;
END $$;

COMMENT ON FUNCTION daybook_first_position IS 'Makes the row of a partition that is claimed for the first time, if it has none';
REVOKE ALL ON FUNCTION daybook_first_position FROM PUBLIC;
