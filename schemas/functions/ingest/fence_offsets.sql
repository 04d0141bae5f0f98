CREATE OR REPLACE FUNCTION daybook_fence_offsets(p_cluster text, p_spans jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  fenced bigint;
BEGIN
  SELECT pg_catalog.jsonb_array_length(p_spans)
         - pg_catalog.count(*) FILTER (WHERE locked.next_offset = locked."from" AND locked.epoch = locked.claimed)
           INTO fenced
    FROM (SELECT o.next_offset, o.epoch, s."from", s.epoch AS claimed
            FROM ingest_offsets o
            JOIN pg_catalog.jsonb_to_recordset(p_spans) AS s(topic text, partition integer, "from" bigint, epoch bigint)
              ON o.topic = s.topic AND o.partition = s.partition
           WHERE o.cluster_id = p_cluster ORDER BY o.topic, o.partition FOR UPDATE OF o) AS locked;
  IF fenced IS DISTINCT FROM 0 THEN
    RAISE EXCEPTION 'fenced: % of % partitions have another owner or position', fenced,
      pg_catalog.jsonb_array_length(p_spans) USING ERRCODE = 'DB001';
  END IF;
END $$;

COMMENT ON FUNCTION daybook_fence_offsets IS 'Locks the positions of a batch in key order; SQLSTATE DB001 unless each is at its beginning and of its epoch';
REVOKE ALL ON FUNCTION daybook_fence_offsets FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_fence_offsets TO app_write;
