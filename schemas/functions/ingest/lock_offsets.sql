-- Offsets and ledger move together and only so: whoever writes batches has no right to change either by itself.
CREATE OR REPLACE FUNCTION daybook_lock_offsets(p_cluster text, p_topics text[], p_partitions integer[])
RETURNS TABLE (topic text, "partition" integer, next_offset bigint, epoch bigint, last_batch uuid)
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT o.topic, o.partition, o.next_offset, o.epoch, o.last_batch
    FROM ingest_offsets o
    JOIN ROWS FROM (pg_catalog.unnest(p_topics), pg_catalog.unnest(p_partitions)) AS wanted (topic, partition)
      ON o.topic = wanted.topic AND o.partition = wanted.partition
   WHERE o.cluster_id = p_cluster ORDER BY o.topic, o.partition FOR UPDATE OF o
$$;

COMMENT ON FUNCTION daybook_lock_offsets IS 'Positions, locked in key order until the end of the transaction';
REVOKE ALL ON FUNCTION daybook_lock_offsets FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_lock_offsets TO app_write;
