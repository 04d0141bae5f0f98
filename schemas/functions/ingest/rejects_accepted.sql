CREATE OR REPLACE FUNCTION daybook_rejects_accepted(p_cluster text, p_topic text, p_partition integer) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT CASE c.action WHEN 'accept_rejects' THEN c.new_offset ELSE 0 END
    FROM offset_changes c
   WHERE c.cluster_id = p_cluster AND c.topic = p_topic AND c.partition = p_partition
     AND c.action IN ('accept_rejects', 'set', 'forget')
   ORDER BY c.id DESC LIMIT 1
$$;

COMMENT ON FUNCTION daybook_rejects_accepted IS 'Offset before which refusals do not halt the partition: the last decision, unless its offset was set since';
REVOKE ALL ON FUNCTION daybook_rejects_accepted FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_rejects_accepted TO app_write;
