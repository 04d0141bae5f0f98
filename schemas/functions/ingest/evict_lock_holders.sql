-- Terminates zombies of an earlier owner: backends of the same role that hold row locks on these partitions,
-- or whose client froze in a COPY. The rows of such a COPY block whoever stores the same records again, and
-- neither a timeout nor a cancel ends it. A slow client that is not frozen loses its transaction too; it has been
-- rolled back then, and is sent again.
CREATE OR REPLACE FUNCTION daybook_evict_lock_holders(
  p_cluster text, p_topics text[], p_partitions integer[], p_tables text[])
RETURNS integer LANGUAGE sql SET search_path FROM CURRENT AS $$
  SELECT count(pg_terminate_backend(holder.pid))::integer
  FROM (SELECT DISTINCT l.pid
        FROM unnest(p_topics, p_partitions) AS wanted(topic, partition)
        JOIN ingest_offsets o ON o.cluster_id = p_cluster AND o.topic = wanted.topic
                             AND o.partition = wanted.partition
        JOIN pg_locks l ON l.locktype = 'transactionid' AND l.transactionid = o.xmax AND l.granted
        JOIN pg_stat_activity a ON a.pid = l.pid AND a.usename = session_user
        WHERE l.pid <> pg_backend_pid()
        UNION
        SELECT a.pid FROM pg_stat_activity a
        JOIN pg_locks l ON l.pid = a.pid AND l.relation IN (SELECT quote_ident(t)::regclass FROM unnest(p_tables) AS t)
        WHERE a.usename = session_user AND a.pid <> pg_backend_pid()
          AND a.state = 'active' AND a.wait_event = 'ClientRead'
          AND a.query_start < clock_timestamp() - interval '10 seconds') AS holder
$$;

COMMENT ON FUNCTION daybook_evict_lock_holders IS 'Ends transactions of the caller''s own role that block a claim or a batch; returns how many';
REVOKE ALL ON FUNCTION daybook_evict_lock_holders FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_evict_lock_holders TO app_write;
