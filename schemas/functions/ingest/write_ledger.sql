-- p_spans has the epochs and anchors, p_ledger what became of the records and their items. Positions move by records;
-- a span that does not say how many it has is of a release that knows no items.
CREATE OR REPLACE FUNCTION daybook_write_ledger(p_batch uuid, p_owner text, p_cluster text, p_spans jsonb,
  p_ledger jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  moved bigint;
  moment timestamptz;
BEGIN
  SELECT daybook_time_after(pg_catalog.max(o.updated_at)) INTO moment
    FROM ingest_offsets o
    JOIN pg_catalog.jsonb_to_recordset(p_spans) AS s(topic text, partition integer)
      ON o.topic = s.topic AND o.partition = s.partition
   WHERE o.cluster_id = p_cluster;
  UPDATE ingest_offsets o
     SET next_offset = l.next, last_batch = p_batch, updated_at = moment,
         anchor_offset = s.anchor_offset, anchor_hash = pg_catalog.decode(s.anchor_hash, 'hex')
    FROM pg_catalog.jsonb_to_recordset(p_spans) AS s(topic text, partition integer, epoch bigint, anchor_offset bigint,
           anchor_hash text),
         pg_catalog.jsonb_to_recordset(p_ledger) AS l(cluster text, topic text, partition integer, "from" bigint,
           next bigint, records bigint, seen bigint, gaps bigint)
   WHERE l.topic = s.topic AND l.partition = s.partition AND l.cluster = p_cluster AND p_cluster <> 'daybook'
     AND o.cluster_id = p_cluster AND o.topic = s.topic AND o.partition = s.partition
     AND o.next_offset = l."from" AND o.epoch = s.epoch
     AND l.next - l."from" = coalesce(l.records, l.seen) + l.gaps AND l.next >= l."from";
  GET DIAGNOSTICS moved = ROW_COUNT;
  IF moved IS DISTINCT FROM pg_catalog.jsonb_array_length(p_ledger) THEN
    RAISE EXCEPTION 'batch %: the ledger does not say what the positions do', p_batch USING ERRCODE = 'internal_error';
  END IF;
  INSERT INTO ingest_batches (batch_id, committed_at, owner, records, seen, stored, duplicates, rejected, skipped,
    gap_offsets, spans)
  SELECT p_batch, moment, p_owner, pg_catalog.sum(coalesce(l.records, l.seen)), pg_catalog.sum(l.seen),
         pg_catalog.sum(l.stored), pg_catalog.sum(l.duplicates), pg_catalog.sum(l.rejected),
         coalesce(pg_catalog.sum(l.skipped), 0), pg_catalog.sum(l.gaps), p_ledger
    FROM pg_catalog.jsonb_to_recordset(p_ledger) AS l(records bigint, seen bigint, stored bigint, duplicates bigint,
      rejected bigint, skipped bigint, gaps bigint);
END $$;

COMMENT ON FUNCTION daybook_write_ledger IS 'Writes the ledger row of a batch, and moves the positions by exactly what it says';
REVOKE ALL ON FUNCTION daybook_write_ledger FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_write_ledger TO app_write;
