-- The epoch goes up, so that a live owner is fenced and claims again. The anchor goes: it names a record that the
-- operator has just decided not to insist on. A decision about a position that has moved meanwhile changes nothing.
CREATE OR REPLACE FUNCTION daybook_decide_offset(p_cluster text, p_topic text, p_partition integer, p_action text,
                                      p_old_offset bigint, p_new_offset bigint, p_reason text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF p_cluster = 'daybook' OR p_action IS NULL OR p_action NOT IN ('resume', 'set')
     OR p_action = 'resume' AND p_new_offset <> p_old_offset OR pg_catalog.btrim(p_reason) = '' THEN
    RAISE EXCEPTION 'no such decision about %/%: resume goes on where it stands, set elsewhere, both with a reason',
      p_topic, p_partition USING ERRCODE = 'invalid_parameter_value';
  END IF;
  UPDATE ingest_offsets o
     SET next_offset = p_new_offset, epoch = o.epoch + 1, state = 'active', halt_reason = NULL, halt_detail = NULL,
         halted_at = NULL, anchor_offset = NULL, anchor_hash = NULL, log_start_offset = NULL,
         updated_at = daybook_time_after(o.updated_at)
   WHERE o.cluster_id = p_cluster AND o.topic = p_topic AND o.partition = p_partition AND o.next_offset = p_old_offset;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO offset_changes (cluster_id, topic, partition, action, old_offset, new_offset, reason)
  VALUES (p_cluster, p_topic, p_partition, p_action, p_old_offset, p_new_offset, p_reason);
  RETURN true;
END $$;

COMMENT ON FUNCTION daybook_decide_offset IS 'Carries out and journals what an operator decides about a Kafka partition (resume or set); false when it is not at p_old_offset';
REVOKE ALL ON FUNCTION daybook_decide_offset FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_decide_offset TO app_maintain;
