-- Daybook's own security events are a stream of their own: fenced, counted and tiled like any other.
CREATE OR REPLACE FUNCTION daybook_record_event(p_tenant text, p_action text, p_target_type text, p_target_id text,
                                     p_reason text, p_metadata jsonb) RETURNS uuid
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  position_now bigint;
  event uuid := pg_catalog.gen_random_uuid();
  batch uuid := pg_catalog.gen_random_uuid();
  moment timestamptz;
BEGIN
  PERFORM daybook_ensure_partition(name, pg_catalog.now()::date)
    FROM pg_catalog.unnest(ARRAY['audit_logs', 'ingest_batches']) AS name;
  INSERT INTO ingest_offsets AS o (cluster_id, topic, partition, next_offset, owner, last_batch)
  VALUES ('daybook', 'daybook.events', 0, 1, session_user, batch)
  ON CONFLICT (cluster_id, topic, partition) DO UPDATE
    SET next_offset = o.next_offset + 1, owner = excluded.owner, last_batch = excluded.last_batch,
        updated_at = daybook_time_after(o.updated_at)
  -- Under the lock of the offset, so that times are in the order of offsets.
  RETURNING o.next_offset - 1, o.updated_at INTO position_now, moment;
  INSERT INTO audit_logs (event_id, occurred_at, tenant_id, action, category, actor_id, actor_type, target_type,
    target_id, outcome, reason, severity, service, metadata, content_sha256, ingested_at, source_topic,
    source_partition, source_offset)
  VALUES (event, moment, p_tenant, p_action, 'configuration', session_user, 'user', p_target_type,
    p_target_id, 'success', pg_catalog.left(p_reason, 1024), 3, 'daybook', p_metadata,
    pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_build_array(event, moment, p_tenant, p_action,
      session_user, p_target_type, p_target_id,
                                        p_reason, p_metadata)::text, 'UTF8')), moment, 'daybook.events',
    0, position_now);
  INSERT INTO ingest_batches (batch_id, committed_at, owner, records, seen, stored, duplicates, rejected, gap_offsets,
    spans)
  VALUES (batch, moment, session_user, 1, 1, 1, 0, 0, 0, pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
    'cluster', 'daybook', 'topic', 'daybook.events', 'partition', 0, 'from', position_now, 'next', position_now + 1,
    'table', 'audit_logs', 'records', 1, 'seen', 1, 'stored', 1, 'duplicates', 0, 'rejected', 0, 'skipped', 0,
    'gaps', 0)));
  RETURN event;
END $$;

COMMENT ON FUNCTION daybook_record_event IS 'Writes a security event of Daybook''s own into audit_logs and the batch ledger; its id';
REVOKE ALL ON FUNCTION daybook_record_event FROM PUBLIC;
