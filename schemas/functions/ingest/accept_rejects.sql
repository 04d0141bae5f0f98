-- The share of refused records does not halt the partition before p_until.
CREATE OR REPLACE FUNCTION daybook_accept_rejects(
  p_cluster text, p_topic text, p_partition integer, p_until bigint, p_reason text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO offset_changes (cluster_id, topic, partition, action, old_offset, new_offset, reason)
  SELECT o.cluster_id, o.topic, o.partition, 'accept_rejects', o.next_offset, p_until, p_reason
    FROM ingest_offsets o
   WHERE o.cluster_id = p_cluster AND o.topic = p_topic AND o.partition = p_partition AND o.next_offset < p_until
     AND pg_catalog.btrim(p_reason) <> '';
  RETURN FOUND;
END $$;

COMMENT ON FUNCTION daybook_accept_rejects IS 'Journals that refusals before p_until do not halt the partition; false if it is there already';
REVOKE ALL ON FUNCTION daybook_accept_rejects FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_accept_rejects TO app_maintain;
