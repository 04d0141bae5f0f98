-- Claims partitions: epoch + 1 in key order.
CREATE OR REPLACE FUNCTION daybook_claim_partitions(p_owner text, p_cluster text, p_claims jsonb)
RETURNS TABLE (topic text, "partition" integer, next_offset bigint, epoch bigint,
               anchor_offset bigint, anchor_hash text, state text, halt_reason text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  claim record;
BEGIN
  FOR claim IN
    SELECT c.topic, c.partition, c.low, c.partitions
    FROM pg_catalog.jsonb_to_recordset(p_claims) AS c(topic text, partition integer, low bigint, partitions integer)
    ORDER BY c.topic COLLATE "C", c.partition
  LOOP
    IF NOT EXISTS (SELECT FROM ingest_offsets o WHERE o.cluster_id = p_cluster AND o.topic = claim.topic
                     AND o.partition = claim.partition) THEN
      PERFORM daybook_first_position(p_cluster, claim.topic, claim.partition, claim.low, claim.partitions);
    END IF;

    IF EXISTS (SELECT FROM ingest_offsets o WHERE o.cluster_id = p_cluster AND o.topic = claim.topic
                 AND o.partition >= claim.partitions AND o.state = 'active') THEN
      -- The whole topic once, with the partitions that are gone: what an operator then decides is final.
      PERFORM daybook_halt_partition(p_cluster, o.topic, o.partition, NULL, 'partition_count_shrank',
        pg_catalog.format('the topic has %s partitions and had more: it was probably deleted and made again',
          claim.partitions))
      FROM (SELECT i.topic, i.partition FROM ingest_offsets i
             WHERE i.cluster_id = p_cluster AND i.topic = claim.topic ORDER BY i.partition) AS o;
    END IF;

    -- With an anchor, its record tells whether the log is the same one.
    PERFORM daybook_halt_partition(p_cluster, o.topic, o.partition, NULL, 'log_identity_changed',
      pg_catalog.format('the log begins at %s, it began at %s: the topic was probably deleted and made again',
        claim.low, o.log_start_offset))
    FROM ingest_offsets o
    WHERE o.cluster_id = p_cluster AND o.topic = claim.topic AND o.partition = claim.partition
      AND o.anchor_offset IS NULL AND o.log_start_offset > claim.low AND o.next_offset > claim.low;

    RETURN QUERY
    UPDATE ingest_offsets o
       SET epoch = o.epoch + 1, owner = p_owner, claimed_at = pg_catalog.clock_timestamp(),
           log_start_offset = CASE o.state WHEN 'active' THEN claim.low ELSE o.log_start_offset END
     WHERE o.cluster_id = p_cluster AND o.topic = claim.topic AND o.partition = claim.partition
    RETURNING o.topic, o.partition, o.next_offset, o.epoch, o.anchor_offset,
              pg_catalog.encode(o.anchor_hash, 'hex'), o.state, o.halt_reason;
  END LOOP;
END $$;

COMMENT ON FUNCTION daybook_claim_partitions IS 'Makes p_owner the owner of partitions [{topic, partition, low, partitions}] and fences every earlier owner';
REVOKE ALL ON FUNCTION daybook_claim_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_claim_partitions TO app_write;
