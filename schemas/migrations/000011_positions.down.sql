SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE OR REPLACE FUNCTION daybook_claim_partitions(p_owner text, p_cluster text, p_claims jsonb)
RETURNS TABLE (topic text, "partition" integer, next_offset bigint, epoch bigint,
               anchor_offset bigint, anchor_hash text, state text, halt_reason text)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  claim record;
BEGIN
  FOR claim IN
    SELECT c.topic, c.partition, c.low, c.partitions
    FROM jsonb_to_recordset(p_claims) AS c(topic text, partition integer, low bigint, partitions integer)
    ORDER BY c.topic COLLATE "C", c.partition
  LOOP
    INSERT INTO ingest_offsets AS o (cluster_id, topic, partition, next_offset, state, halt_reason, halt_detail, halted_at)
    SELECT p_cluster, claim.topic, claim.partition, claim.low,
           CASE WHEN other.cluster_id IS NULL THEN 'active' ELSE 'halted' END,
           CASE WHEN other.cluster_id IS NULL THEN NULL ELSE 'cluster_id_changed' END,
           CASE WHEN other.cluster_id IS NULL THEN NULL
                ELSE format('cluster %s has been read up to offset %s', other.cluster_id, other.next_offset) END,
           CASE WHEN other.cluster_id IS NULL THEN NULL ELSE clock_timestamp() END
    FROM (SELECT) AS one
    LEFT JOIN LATERAL (
      SELECT p.cluster_id, p.next_offset FROM ingest_offsets p
      WHERE p.topic = claim.topic AND p.partition = claim.partition AND p.cluster_id <> p_cluster
      ORDER BY p.updated_at DESC LIMIT 1) AS other ON true
    ON CONFLICT DO NOTHING;

    IF EXISTS (SELECT FROM ingest_offsets o WHERE o.cluster_id = p_cluster AND o.topic = claim.topic
                 AND o.partition >= claim.partitions AND o.state = 'active') THEN
      -- The whole topic once, with the partitions that are gone: what an operator then decides is final.
      PERFORM daybook_halt_partition(p_cluster, o.topic, o.partition, NULL, 'partition_count_shrank',
        format('the topic has %s partitions and had more: it was probably deleted and made again', claim.partitions))
      FROM (SELECT i.topic, i.partition FROM ingest_offsets i
             WHERE i.cluster_id = p_cluster AND i.topic = claim.topic ORDER BY i.partition) AS o;
    END IF;

    RETURN QUERY
    UPDATE ingest_offsets o
       SET epoch = o.epoch + 1, owner = p_owner, claimed_at = clock_timestamp()
     WHERE o.cluster_id = p_cluster AND o.topic = claim.topic AND o.partition = claim.partition
    RETURNING o.topic, o.partition, o.next_offset, o.epoch, o.anchor_offset,
              encode(o.anchor_hash, 'hex'), o.state, o.halt_reason;
  END LOOP;
END $$;

DROP FUNCTION daybook_first_position;
UPDATE offset_changes SET action = 'set' WHERE action = 'start';
ALTER TABLE offset_changes
  DROP CONSTRAINT offset_changes_action_check,
  ADD CONSTRAINT offset_changes_action_check CHECK (action IN ('halt', 'resume', 'set'));
COMMENT ON TABLE offset_changes IS 'Journal of halts and of what operators decided about them';
COMMENT ON COLUMN offset_changes.action IS 'halt (by Daybook), resume or set (by an operator)';
ALTER TABLE ingest_offsets DROP COLUMN log_start_offset, DROP COLUMN topic_partitions;
