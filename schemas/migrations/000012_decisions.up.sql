-- Who decides is not for the caller to say: positions, halts and decisions change through functions that stamp it.
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- As in migration 4, and: it runs as app_owner.
CREATE OR REPLACE FUNCTION daybook_halt_partition(
  p_cluster text, p_topic text, p_partition integer, p_epoch bigint, p_reason text, p_detail text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  position bigint;
BEGIN
  UPDATE ingest_offsets o
     SET state = 'halted', halt_reason = p_reason, halt_detail = p_detail,
         halted_at = pg_catalog.clock_timestamp(), updated_at = pg_catalog.clock_timestamp()
   WHERE o.cluster_id = p_cluster AND o.topic = p_topic AND o.partition = p_partition
     AND o.state = 'active' AND (p_epoch IS NULL OR o.epoch = p_epoch)
  RETURNING o.next_offset INTO position;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO offset_changes (cluster_id, topic, partition, action, old_offset, new_offset, reason)
  VALUES (p_cluster, p_topic, p_partition, 'halt', position, position, p_reason || ': ' || p_detail);
  RETURN true;
END $$;

ALTER FUNCTION daybook_claim_partitions(text, text, jsonb) SECURITY DEFINER;
-- Only a claim makes the first position of a partition.
REVOKE EXECUTE ON FUNCTION daybook_first_position FROM app_write;

-- As in migration 5, and: what it calls is named in full, because it runs as app_owner for whoever needs a partition.
CREATE OR REPLACE FUNCTION daybook_partition_of(p_table text, p_month date) RETURNS text
LANGUAGE sql STABLE SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' AS $$
  SELECT c.relname::text
    FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
   WHERE i.inhparent = pg_catalog.quote_ident(p_table)::regclass AND NOT i.inhdetachpending
     AND pg_catalog.pg_get_expr(c.relpartbound, c.oid)
         = pg_catalog.format('FOR VALUES FROM (%L) TO (%L)', pg_catalog.date_trunc('month', p_month::timestamptz)::text,
             (pg_catalog.date_trunc('month', p_month::timestamptz) + interval '1 month')::text)
$$;

-- The epoch goes up, so that a live owner is fenced and claims again. The anchor goes: it names a record that the operator
-- has just decided not to insist on. A decision about a position that has moved meanwhile changes nothing.
CREATE FUNCTION daybook_decide_offset(p_cluster text, p_topic text, p_partition integer, p_action text,
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
         updated_at = pg_catalog.clock_timestamp()
   WHERE o.cluster_id = p_cluster AND o.topic = p_topic AND o.partition = p_partition AND o.next_offset = p_old_offset;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO offset_changes (cluster_id, topic, partition, action, old_offset, new_offset, reason)
  VALUES (p_cluster, p_topic, p_partition, p_action, p_old_offset, p_new_offset, p_reason);
  RETURN true;
END $$;
COMMENT ON FUNCTION daybook_decide_offset IS 'Carries out and journals what an operator decides about a Kafka partition (resume or set); false when it is not at p_old_offset';

-- For the owner too, whom maintenance becomes by SET ROLE: the login role stays in session_user.
CREATE FUNCTION daybook_stamp_offset_change() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  NEW.changed_at := pg_catalog.clock_timestamp();
  NEW.changed_by := session_user;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION daybook_stamp_offset_change IS 'Trigger: sets who changed a position, and when';
CREATE TRIGGER stamp BEFORE INSERT ON offset_changes
  FOR EACH ROW EXECUTE FUNCTION daybook_stamp_offset_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON offset_changes
  FOR EACH ROW EXECUTE FUNCTION daybook_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON offset_changes
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_change();
ALTER TABLE offset_changes ENABLE ALWAYS TRIGGER stamp, ENABLE ALWAYS TRIGGER refuse_change,
  ENABLE ALWAYS TRIGGER refuse_truncate;

CREATE FUNCTION daybook_stamp_journal() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  NEW.by := session_user;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION daybook_stamp_journal IS 'Trigger: sets who wrote an entry of a journal';
CREATE TRIGGER stamp BEFORE INSERT ON partition_journal FOR EACH ROW EXECUTE FUNCTION daybook_stamp_journal();
CREATE TRIGGER stamp BEFORE INSERT ON billing_journal FOR EACH ROW EXECUTE FUNCTION daybook_stamp_journal();
ALTER TABLE partition_journal ENABLE ALWAYS TRIGGER stamp;
ALTER TABLE billing_journal ENABLE ALWAYS TRIGGER stamp;

REVOKE ALL ON FUNCTION daybook_refuse_change, daybook_decide_offset, daybook_stamp_offset_change, daybook_stamp_journal
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_decide_offset TO app_maintain;
REVOKE INSERT, UPDATE ON ingest_offsets FROM app_write, app_maintain;
REVOKE INSERT ON ingest_batches, offset_changes FROM app_write, app_maintain;
-- Partitions that were made since migration 7 have the rights of their set.
DO $$
DECLARE
  child regclass;
BEGIN
  FOR child IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'ingest_batches'::regclass LOOP
    EXECUTE format('REVOKE INSERT ON %s FROM app_write', child);
  END LOOP;
END $$;
