-- What identifies the log that a position belongs to, and partitions whose first records nobody has read.
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

ALTER TABLE offset_changes
  DROP CONSTRAINT offset_changes_action_check,
  ADD CONSTRAINT offset_changes_action_check CHECK (action IN ('start', 'halt', 'resume', 'set'));
COMMENT ON TABLE offset_changes IS 'Journal of first starts behind offset 0, of halts, and of what operators decided about them';
COMMENT ON COLUMN offset_changes.action IS 'start (by Daybook, in a log that does not begin at 0), halt (by Daybook), resume or set (by an operator)';

-- The row of a partition that is claimed for the first time, if it has none.
--
-- In a topic that is new it starts at its low watermark, which is journaled unless it is 0. In a topic that was
-- read before it was added it must start at 0: what is gone from its log was never read, and it halts.
CREATE FUNCTION daybook_first_position(
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
           pg_catalog.format('records [0, %s) are gone from the log of a partition that was added when the topic was read already: %s records', p_low, p_low) AS detail
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
GRANT EXECUTE ON FUNCTION daybook_first_position TO app_write;

-- Claims partitions: epoch + 1 in key order.
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
        pg_catalog.format('the topic has %s partitions and had more: it was probably deleted and made again', claim.partitions))
      FROM (SELECT i.topic, i.partition FROM ingest_offsets i
             WHERE i.cluster_id = p_cluster AND i.topic = claim.topic ORDER BY i.partition) AS o;
    END IF;

    -- With an anchor, its record tells whether the log is the same one.
    PERFORM daybook_halt_partition(p_cluster, o.topic, o.partition, NULL, 'log_identity_changed',
      pg_catalog.format('the log begins at %s, it began at %s: the topic was probably deleted and made again', claim.low, o.log_start_offset))
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
