-- Offsets, the batch ledger, refused records, and the functions of the ingest protocol.
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE ingest_offsets (
  cluster_id    text COLLATE "C" NOT NULL,
  topic         text COLLATE "C" NOT NULL,
  partition     integer NOT NULL CHECK (partition >= 0),
  next_offset   bigint NOT NULL CHECK (next_offset >= 0),
  epoch         bigint NOT NULL DEFAULT 0,
  owner         text,
  last_batch    uuid,
  anchor_offset bigint,
  anchor_hash   bytea,
  state         text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'halted')),
  halt_reason   text,
  halt_detail   text,
  halted_at     timestamptz,
  claimed_at    timestamptz,
  updated_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (cluster_id, topic, partition),
  CHECK ((state = 'halted') = (halt_reason IS NOT NULL)),
  CHECK ((anchor_offset IS NULL) = (anchor_hash IS NULL))
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);

COMMENT ON TABLE ingest_offsets IS 'Position of Daybook in every Kafka partition; changes only in the transaction that stores the records. Kafka''s committed offsets are never read.';
COMMENT ON COLUMN ingest_offsets.cluster_id IS 'Kafka''s cluster id; a topic that shows up under another id is halted';
COMMENT ON COLUMN ingest_offsets.topic IS 'Kafka topic';
COMMENT ON COLUMN ingest_offsets.partition IS 'Kafka partition';
COMMENT ON COLUMN ingest_offsets.next_offset IS 'Offset of the next record to consume: last consumed + 1';
COMMENT ON COLUMN ingest_offsets.epoch IS 'Fencing token: + 1 at each claim; a batch under an older epoch is refused (SQLSTATE DB001)';
COMMENT ON COLUMN ingest_offsets.owner IS 'Worker that claimed the partition last: host:pid/worker';
COMMENT ON COLUMN ingest_offsets.last_batch IS 'Batch that moved next_offset last; settles a COMMIT whose answer was lost';
COMMENT ON COLUMN ingest_offsets.anchor_offset IS 'Offset of the last consumed record; it is read again at each claim';
COMMENT ON COLUMN ingest_offsets.anchor_hash IS 'SHA-256 of the anchor record (timestamp, key, value); a difference means another log under the same name';
COMMENT ON COLUMN ingest_offsets.state IS 'active, or halted until an operator decides (daybook offsets)';
COMMENT ON COLUMN ingest_offsets.halt_reason IS 'Stable code of the reason';
COMMENT ON COLUMN ingest_offsets.halt_detail IS 'Offsets and number of records at stake';
COMMENT ON COLUMN ingest_offsets.halted_at IS 'When the partition was halted, UTC';
COMMENT ON COLUMN ingest_offsets.claimed_at IS 'When the owner claimed it, UTC';
COMMENT ON COLUMN ingest_offsets.updated_at IS 'When next_offset or state changed last, UTC';

CREATE TABLE ingest_batches (
  batch_id     uuid NOT NULL,
  committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  owner        text NOT NULL,
  seen         bigint NOT NULL,
  stored       bigint NOT NULL,
  duplicates   bigint NOT NULL,
  rejected     bigint NOT NULL,
  gap_offsets  bigint NOT NULL,
  spans        jsonb NOT NULL,
  PRIMARY KEY (committed_at, batch_id),
  CHECK (seen = stored + duplicates + rejected),
  CHECK (least(stored, duplicates, rejected, gap_offsets) >= 0)
) PARTITION BY RANGE (committed_at);

COMMENT ON TABLE ingest_batches IS 'Batch ledger: one row a transaction, with what became of every record that it consumed';
COMMENT ON COLUMN ingest_batches.batch_id IS 'UUIDv7 made by the worker';
COMMENT ON COLUMN ingest_batches.committed_at IS 'Time of the transaction''s last step, UTC';
COMMENT ON COLUMN ingest_batches.owner IS 'Worker that wrote it: host:pid/worker';
COMMENT ON COLUMN ingest_batches.seen IS 'Records consumed = stored + duplicates + rejected';
COMMENT ON COLUMN ingest_batches.stored IS 'Rows inserted';
COMMENT ON COLUMN ingest_batches.duplicates IS 'Records whose identity and content were stored before';
COMMENT ON COLUMN ingest_batches.rejected IS 'Records kept in rejected_records';
COMMENT ON COLUMN ingest_batches.gap_offsets IS 'Offsets without a record (compaction, transaction markers); 0 on contiguous topics';
COMMENT ON COLUMN ingest_batches.spans IS 'Array, one object a Kafka partition: cluster, topic, partition, from, next, table, seen, stored, duplicates, rejected, gaps';

CREATE VIEW ingest_spans AS
SELECT b.batch_id, b.committed_at, b.owner, s.cluster AS cluster_id, s.topic, s.partition,
       s."from" AS from_offset, s.next AS next_offset, s."table" AS table_name,
       s.seen, s.stored, s.duplicates, s.rejected, s.gaps AS gap_offsets
FROM ingest_batches b,
     jsonb_to_recordset(b.spans) AS s(cluster text, topic text, partition integer, "from" bigint,
       next bigint, "table" text, seen bigint, stored bigint, duplicates bigint, rejected bigint,
       gaps bigint);
COMMENT ON VIEW ingest_spans IS 'The batch ledger by Kafka partition: offsets [from_offset, next_offset)';

CREATE TABLE rejected_records (
  rejected_at      timestamptz NOT NULL,
  cluster_id       text COLLATE "C" NOT NULL,
  topic            text COLLATE "C" NOT NULL,
  partition        integer NOT NULL,
  "offset"         bigint NOT NULL,
  record_timestamp timestamptz,
  table_name       text NOT NULL,
  reason           text NOT NULL,
  field            text,
  message          text NOT NULL,
  key              bytea,
  payload          bytea,
  headers          jsonb,
  batch_id         uuid NOT NULL
) PARTITION BY RANGE (rejected_at);
CREATE INDEX rejected_records_position ON rejected_records (topic, partition, "offset");

COMMENT ON TABLE rejected_records IS 'Records that were not accepted, byte for byte, with the reason';
COMMENT ON COLUMN rejected_records.rejected_at IS 'When it was refused, UTC';
COMMENT ON COLUMN rejected_records.cluster_id IS 'Kafka''s cluster id';
COMMENT ON COLUMN rejected_records.topic IS 'Kafka topic';
COMMENT ON COLUMN rejected_records.partition IS 'Kafka partition';
COMMENT ON COLUMN rejected_records."offset" IS 'Kafka offset';
COMMENT ON COLUMN rejected_records.record_timestamp IS 'Kafka''s timestamp of the record, UTC';
COMMENT ON COLUMN rejected_records.table_name IS 'Table that it was meant for';
COMMENT ON COLUMN rejected_records.reason IS 'Stable reason code';
COMMENT ON COLUMN rejected_records.field IS 'Field at fault; null when it is the whole record';
COMMENT ON COLUMN rejected_records.message IS 'What the producer should do; holds no part of the payload';
COMMENT ON COLUMN rejected_records.key IS 'Kafka key, bytes as sent';
COMMENT ON COLUMN rejected_records.payload IS 'Kafka value, bytes as sent; null for a tombstone';
COMMENT ON COLUMN rejected_records.headers IS 'Kafka headers in order: [{"name", "value"}], or "base64" instead of "value" where it is no text; null without headers';
COMMENT ON COLUMN rejected_records.batch_id IS 'ingest_batches.batch_id';

CREATE TABLE offset_changes (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  changed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_by  text NOT NULL DEFAULT session_user,
  cluster_id  text COLLATE "C" NOT NULL,
  topic       text COLLATE "C" NOT NULL,
  partition   integer NOT NULL,
  action      text NOT NULL CHECK (action IN ('halt', 'resume', 'set')),
  old_offset  bigint NOT NULL,
  new_offset  bigint NOT NULL,
  reason      text NOT NULL
);
COMMENT ON TABLE offset_changes IS 'Journal of halts and of what operators decided about them';
COMMENT ON COLUMN offset_changes.id IS 'Order of the journal';
COMMENT ON COLUMN offset_changes.changed_at IS 'UTC';
COMMENT ON COLUMN offset_changes.changed_by IS 'Login role';
COMMENT ON COLUMN offset_changes.cluster_id IS 'Kafka''s cluster id';
COMMENT ON COLUMN offset_changes.topic IS 'Kafka topic';
COMMENT ON COLUMN offset_changes.partition IS 'Kafka partition';
COMMENT ON COLUMN offset_changes.action IS 'halt (by Daybook), resume or set (by an operator)';
COMMENT ON COLUMN offset_changes.old_offset IS 'next_offset before';
COMMENT ON COLUMN offset_changes.new_offset IS 'next_offset after; records between the two were skipped or will be read again';
COMMENT ON COLUMN offset_changes.reason IS 'Why, in words';

-- Claims partitions: epoch + 1 in key order. Rows that do not exist yet start at their low watermark.
CREATE FUNCTION daybook_claim_partitions(p_owner text, p_cluster text, p_claims jsonb)
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
COMMENT ON FUNCTION daybook_claim_partitions IS 'Makes p_owner the owner of partitions [{topic, partition, low, partitions}] and fences every earlier owner';

-- Halts a partition until an operator decides. p_epoch NULL: whoever owns it.
CREATE FUNCTION daybook_halt_partition(
  p_cluster text, p_topic text, p_partition integer, p_epoch bigint, p_reason text, p_detail text)
RETURNS boolean LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  position bigint;
BEGIN
  UPDATE ingest_offsets o
     SET state = 'halted', halt_reason = p_reason, halt_detail = p_detail,
         halted_at = clock_timestamp(), updated_at = clock_timestamp()
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
COMMENT ON FUNCTION daybook_halt_partition IS 'Stores a halt, unless the partition is halted already or p_epoch is not its epoch';

-- Terminates zombies of an earlier owner: backends of the same role that hold row locks on these partitions,
-- or whose client froze in a COPY. The rows of such a COPY block whoever stores the same records again, and
-- neither a timeout nor a cancel ends it. A slow client that is not frozen loses its transaction too; it has been
-- rolled back then, and is sent again.
CREATE FUNCTION daybook_evict_lock_holders(p_cluster text, p_topics text[], p_partitions integer[])
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
        JOIN pg_locks l ON l.pid = a.pid AND l.relation IN ('audit_logs'::regclass, 'invocations'::regclass)
        WHERE a.usename = session_user AND a.pid <> pg_backend_pid()
          AND a.state = 'active' AND a.wait_event = 'ClientRead'
          AND a.query_start < clock_timestamp() - interval '10 seconds') AS holder
$$;
COMMENT ON FUNCTION daybook_evict_lock_holders IS 'Ends transactions of the caller''s own role that block a claim or a batch; returns how many';

CREATE FUNCTION daybook_insert_staged_audit_logs() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  WITH inserted AS (
    INSERT INTO audit_logs (
      event_id, occurred_at, tenant_id, action, category, actor_id, actor_type, actor_name,
      target_type, target_id, target_name, targets, outcome, reason, severity, source_ip,
      user_agent, session_id, request_id, trace_id, span_id, service, service_version,
      metadata, changes, content_sha256, ingested_at, source_topic, source_partition,
      source_offset)
    SELECT
      event_id, occurred_at, tenant_id, action, category, actor_id, actor_type, actor_name,
      target_type, target_id, target_name, targets, outcome, reason, severity, source_ip,
      user_agent, session_id, request_id, trace_id, span_id, service, service_version,
      metadata, changes, content_sha256, ingested_at, source_topic, source_partition,
      source_offset
    FROM pg_temp.daybook_staged_audit_logs
    ORDER BY tenant_id COLLATE "C", occurred_at, event_id, source_topic COLLATE "C",
      source_partition, source_offset
    ON CONFLICT DO NOTHING
    RETURNING source_topic, source_partition, source_offset
  )
  INSERT INTO pg_temp.daybook_inserted SELECT * FROM inserted;
END $$;
COMMENT ON FUNCTION daybook_insert_staged_audit_logs IS 'Inserts the staged rows in key order (unsorted writers deadlock even with DO NOTHING) and notes which were new';

CREATE FUNCTION daybook_insert_staged_invocations() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  WITH inserted AS (
    INSERT INTO invocations (
      invocation_id, occurred_at, tenant_id, project_id, user_id, api_key_id, provider,
      operation, request_model, response_model, response_id, input_tokens, output_tokens,
      cache_read_input_tokens, cache_creation_input_tokens, cache_creation_1h_input_tokens,
      reasoning_output_tokens, audio_input_tokens, audio_output_tokens, service_tier, cost,
      currency, cost_source, price_version, status, error_type, finish_reasons, stream,
      duration_ms, time_to_first_token_ms, conversation_id, trace_id, span_id, region, tags,
      metadata, content_sha256, ingested_at, source_topic, source_partition, source_offset)
    SELECT
      invocation_id, occurred_at, tenant_id, project_id, user_id, api_key_id, provider,
      operation, request_model, response_model, response_id, input_tokens, output_tokens,
      cache_read_input_tokens, cache_creation_input_tokens, cache_creation_1h_input_tokens,
      reasoning_output_tokens, audio_input_tokens, audio_output_tokens, service_tier, cost,
      currency, cost_source, price_version, status, error_type, finish_reasons, stream,
      duration_ms, time_to_first_token_ms, conversation_id, trace_id, span_id, region, tags,
      metadata, content_sha256, ingested_at, source_topic, source_partition, source_offset
    FROM pg_temp.daybook_staged_invocations
    ORDER BY tenant_id COLLATE "C", occurred_at, invocation_id, source_topic COLLATE "C",
      source_partition, source_offset
    ON CONFLICT DO NOTHING
    RETURNING source_topic, source_partition, source_offset, tenant_id, occurred_at,
      project_id, provider, request_model, response_model, service_tier, currency, cost, status,
      input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
      reasoning_output_tokens
  )
  , noted AS (
    INSERT INTO pg_temp.daybook_inserted
    SELECT source_topic, source_partition, source_offset FROM inserted
  )
  INSERT INTO pg_temp.daybook_staged_rollups
  SELECT tenant_id, (occurred_at AT TIME ZONE 'UTC')::date, coalesce(project_id, ''), provider,
    coalesce(response_model, request_model), service_tier, CASE WHEN cost IS NULL THEN 'XXX' ELSE currency END,
    count(*), count(*) FILTER (WHERE status = 'failure'), count(*) FILTER (WHERE cost IS NULL),
    coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0),
    coalesce(sum(cache_read_input_tokens), 0), coalesce(sum(cache_creation_input_tokens), 0),
    coalesce(sum(reasoning_output_tokens), 0), coalesce(sum(cost), 0)
  FROM inserted
  GROUP BY 1, 2, 3, 4, 5, 6, 7;
END $$;
COMMENT ON FUNCTION daybook_insert_staged_invocations IS 'Inserts the staged rows in key order (unsorted writers deadlock even with DO NOTHING) and notes which were new';

-- What became of each staged row. Equal content under the same identity is a duplicate; other content is
-- a conflict and is kept as a rejected record: evidence, not noise.
CREATE FUNCTION daybook_settle_duplicates(p_batch uuid, p_cluster text, p_staged text[]) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF 'audit_logs' = ANY (p_staged) THEN
    INSERT INTO pg_temp.daybook_settled (table_name, source_topic, source_partition, source_offset, verdict)
    SELECT k.table_name, k.source_topic, k.source_partition, k.source_offset,
           CASE WHEN i.source_offset IS NOT NULL THEN 'stored' WHEN k.staged = k.kept THEN 'duplicate' ELSE 'conflict' END
    FROM (
      SELECT 'audit_logs', s.source_topic, s.source_partition, s.source_offset, s.content_sha256,
             (SELECT t.content_sha256 FROM audit_logs t
               WHERE t.tenant_id = s.tenant_id COLLATE "C" AND t.occurred_at = s.occurred_at
                 AND t.event_id = s.event_id)
        FROM pg_temp.daybook_staged_audit_logs s
    ) AS k (table_name, source_topic, source_partition, source_offset, staged, kept)
    LEFT JOIN pg_temp.daybook_inserted i USING (source_topic, source_partition, source_offset);
  END IF;
  IF 'invocations' = ANY (p_staged) THEN
    INSERT INTO pg_temp.daybook_settled (table_name, source_topic, source_partition, source_offset, verdict)
    SELECT k.table_name, k.source_topic, k.source_partition, k.source_offset,
           CASE WHEN i.source_offset IS NOT NULL THEN 'stored' WHEN k.staged = k.kept THEN 'duplicate' ELSE 'conflict' END
    FROM (
      SELECT 'invocations', s.source_topic, s.source_partition, s.source_offset, s.content_sha256,
             (SELECT t.content_sha256 FROM invocations t
               WHERE t.tenant_id = s.tenant_id COLLATE "C" AND t.occurred_at = s.occurred_at
                 AND t.invocation_id = s.invocation_id)
        FROM pg_temp.daybook_staged_invocations s
    ) AS k (table_name, source_topic, source_partition, source_offset, staged, kept)
    LEFT JOIN pg_temp.daybook_inserted i USING (source_topic, source_partition, source_offset);
  END IF;
  INSERT INTO rejected_records (rejected_at, cluster_id, topic, partition, "offset", record_timestamp, table_name,
    reason, field, message, key, payload, headers, batch_id)
  SELECT clock_timestamp(), p_cluster, d.source_topic, d.source_partition, d.source_offset, r.record_timestamp,
    d.table_name, 'conflicting_duplicate', NULL,
    'a record with the same tenant_id, occurred_at and id but other content is stored already; send a new id',
    r.key, r.payload, r.headers, p_batch
  FROM pg_temp.daybook_settled d
  LEFT JOIN pg_temp.daybook_staged_raw r USING (source_topic, source_partition, source_offset)
  WHERE d.verdict = 'conflict';
END $$;
COMMENT ON FUNCTION daybook_settle_duplicates IS 'Tells stored, duplicate and conflicting staged rows apart and keeps the conflicts';

-- Adds the staged rollup deltas to both cost tables, in key order: two workers never wait in a circle.
CREATE FUNCTION daybook_add_rollups() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO costs_daily (tenant_id, day, project_id, provider, model, service_tier, currency,
    cost, records, failed_records, unpriced_records, input_tokens,
    output_tokens, cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, updated_at)
  SELECT tenant_id, day, project_id, provider, model, service_tier, currency,
    sum(cost), sum(records), sum(failed_records), sum(unpriced_records),
    sum(input_tokens), sum(output_tokens), sum(cache_read_input_tokens),
    sum(cache_creation_input_tokens), sum(reasoning_output_tokens), clock_timestamp()
  FROM pg_temp.daybook_staged_rollups
  GROUP BY 1, 2, 3, 4, 5, 6, 7
  ORDER BY tenant_id COLLATE "C", 2, provider COLLATE "C", model COLLATE "C",
    project_id COLLATE "C", service_tier COLLATE "C", currency COLLATE "C"
  ON CONFLICT (tenant_id, day, provider, model, project_id, service_tier, currency) DO UPDATE SET
    cost = costs_daily.cost + excluded.cost,
    records = costs_daily.records + excluded.records,
    failed_records = costs_daily.failed_records + excluded.failed_records,
    unpriced_records = costs_daily.unpriced_records + excluded.unpriced_records,
    input_tokens = costs_daily.input_tokens + excluded.input_tokens,
    output_tokens = costs_daily.output_tokens + excluded.output_tokens,
    cache_read_input_tokens = costs_daily.cache_read_input_tokens + excluded.cache_read_input_tokens,
    cache_creation_input_tokens = costs_daily.cache_creation_input_tokens + excluded.cache_creation_input_tokens,
    reasoning_output_tokens = costs_daily.reasoning_output_tokens + excluded.reasoning_output_tokens,
    updated_at = excluded.updated_at;

  INSERT INTO costs_monthly (tenant_id, month, project_id, provider, model, service_tier, currency,
    cost, records, failed_records, unpriced_records, input_tokens,
    output_tokens, cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, updated_at)
  SELECT tenant_id, date_trunc('month', day)::date, project_id, provider, model, service_tier, currency,
    sum(cost), sum(records), sum(failed_records), sum(unpriced_records),
    sum(input_tokens), sum(output_tokens), sum(cache_read_input_tokens),
    sum(cache_creation_input_tokens), sum(reasoning_output_tokens), clock_timestamp()
  FROM pg_temp.daybook_staged_rollups
  GROUP BY 1, 2, 3, 4, 5, 6, 7
  ORDER BY tenant_id COLLATE "C", 2, provider COLLATE "C", model COLLATE "C",
    project_id COLLATE "C", service_tier COLLATE "C", currency COLLATE "C"
  ON CONFLICT (tenant_id, month, provider, model, project_id, service_tier, currency) DO UPDATE SET
    cost = costs_monthly.cost + excluded.cost,
    records = costs_monthly.records + excluded.records,
    failed_records = costs_monthly.failed_records + excluded.failed_records,
    unpriced_records = costs_monthly.unpriced_records + excluded.unpriced_records,
    input_tokens = costs_monthly.input_tokens + excluded.input_tokens,
    output_tokens = costs_monthly.output_tokens + excluded.output_tokens,
    cache_read_input_tokens = costs_monthly.cache_read_input_tokens + excluded.cache_read_input_tokens,
    cache_creation_input_tokens = costs_monthly.cache_creation_input_tokens + excluded.cache_creation_input_tokens,
    reasoning_output_tokens = costs_monthly.reasoning_output_tokens + excluded.reasoning_output_tokens,
    updated_at = excluded.updated_at;
END $$;
COMMENT ON FUNCTION daybook_add_rollups IS 'Adds the staged deltas to costs_daily and costs_monthly';

-- The second message of a batch: everything after the COPYs, in one statement that the server finishes
-- even if its client is gone. Order: fence, rows, refusals, ledger, rollups (hot rows, locked last).
CREATE FUNCTION daybook_apply_batch(
  p_batch uuid, p_owner text, p_cluster text, p_spans jsonb, p_staged text[], p_rollups boolean)
RETURNS TABLE (table_name text, seen bigint, stored bigint, duplicates bigint, rejected bigint)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  fenced bigint;
  ledger jsonb;
BEGIN
  PERFORM FROM ingest_offsets o
    JOIN jsonb_to_recordset(p_spans) AS s(topic text, partition integer)
      ON o.cluster_id = p_cluster AND o.topic = s.topic AND o.partition = s.partition
   ORDER BY o.cluster_id, o.topic, o.partition
     FOR UPDATE OF o;
  UPDATE ingest_offsets o
     SET next_offset = s.next, last_batch = p_batch, updated_at = clock_timestamp(),
         anchor_offset = s.anchor_offset, anchor_hash = decode(s.anchor_hash, 'hex')
    FROM jsonb_to_recordset(p_spans) AS s(topic text, partition integer, "from" bigint, next bigint,
           epoch bigint, anchor_offset bigint, anchor_hash text)
   WHERE o.cluster_id = p_cluster AND o.topic = s.topic AND o.partition = s.partition
     AND o.next_offset = s."from" AND o.epoch = s.epoch;
  GET DIAGNOSTICS fenced = ROW_COUNT;
  fenced := jsonb_array_length(p_spans) - fenced;
  IF fenced > 0 THEN
    RAISE EXCEPTION 'fenced: % of % partitions have another owner or position', fenced, jsonb_array_length(p_spans)
      USING ERRCODE = 'DB001';
  END IF;

  IF cardinality(p_staged) > 0 THEN
    IF 'audit_logs' = ANY (p_staged) THEN
      PERFORM daybook_insert_staged_audit_logs();
    END IF;
    IF 'invocations' = ANY (p_staged) THEN
      PERFORM daybook_insert_staged_invocations();
    END IF;
    PERFORM daybook_settle_duplicates(p_batch, p_cluster, p_staged);
    SELECT jsonb_agg(to_jsonb(s) - 'direct' || jsonb_build_object(
             'stored', s.direct + coalesce(d.stored, 0), 'duplicates', coalesce(d.duplicates, 0),
             'rejected', s.rejected + coalesce(d.conflicts, 0)) ORDER BY s.topic, s.partition)
      INTO ledger
      FROM jsonb_to_recordset(p_spans) AS s(cluster text, topic text, partition integer, "from" bigint, next bigint,
             "table" text, seen bigint, direct bigint, rejected bigint, gaps bigint)
      LEFT JOIN (SELECT source_topic, source_partition,
                        count(*) FILTER (WHERE verdict = 'stored') AS stored,
                        count(*) FILTER (WHERE verdict = 'duplicate') AS duplicates,
                        count(*) FILTER (WHERE verdict = 'conflict') AS conflicts
                   FROM pg_temp.daybook_settled GROUP BY 1, 2) AS d
        ON d.source_topic = s.topic AND d.source_partition = s.partition;
  ELSE
    SELECT jsonb_agg(to_jsonb(s) - 'direct' || jsonb_build_object('stored', s.direct, 'duplicates', 0)
             ORDER BY s.topic, s.partition)
      INTO ledger
      FROM jsonb_to_recordset(p_spans) AS s(cluster text, topic text, partition integer, "from" bigint, next bigint,
             "table" text, seen bigint, direct bigint, rejected bigint, gaps bigint);
  END IF;

  INSERT INTO ingest_batches (batch_id, owner, seen, stored, duplicates, rejected, gap_offsets, spans)
  SELECT p_batch, p_owner, sum(l.seen), sum(l.stored), sum(l.duplicates), sum(l.rejected), sum(l.gaps), ledger
    FROM jsonb_to_recordset(ledger) AS l(seen bigint, stored bigint, duplicates bigint, rejected bigint, gaps bigint);

  IF p_rollups OR 'invocations' = ANY (p_staged) THEN
    PERFORM daybook_add_rollups();
  END IF;

  RETURN QUERY
  SELECT l."table", sum(l.seen)::bigint, sum(l.stored)::bigint, sum(l.duplicates)::bigint, sum(l.rejected)::bigint
    FROM jsonb_to_recordset(ledger) AS l("table" text, seen bigint, stored bigint, duplicates bigint, rejected bigint)
   GROUP BY 1;
END $$;
COMMENT ON FUNCTION daybook_apply_batch IS 'Fences the offsets (SQLSTATE DB001), inserts the staged rows of the tables p_staged, keeps conflicts, writes the ledger, adds the rollups';

REVOKE ALL ON FUNCTION daybook_claim_partitions, daybook_halt_partition, daybook_evict_lock_holders,
  daybook_insert_staged_audit_logs, daybook_insert_staged_invocations, daybook_settle_duplicates,
  daybook_add_rollups, daybook_apply_batch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_claim_partitions, daybook_halt_partition, daybook_evict_lock_holders,
  daybook_insert_staged_audit_logs, daybook_insert_staged_invocations, daybook_settle_duplicates,
  daybook_add_rollups, daybook_apply_batch TO app_write;

-- No UPDATE, DELETE or TRUNCATE on records; SELECT only on what tells a duplicate from a conflict and feeds the rollups.
GRANT INSERT ON audit_logs, invocations TO app_write;
GRANT SELECT (tenant_id, occurred_at, event_id, content_sha256, source_topic, source_partition, source_offset)
  ON audit_logs TO app_write;
GRANT SELECT (tenant_id, occurred_at, invocation_id, content_sha256, source_topic, source_partition, source_offset,
  project_id, provider, request_model, response_model, service_tier, currency, cost, status, input_tokens,
  output_tokens, cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens)
  ON invocations TO app_write;
GRANT SELECT, INSERT, UPDATE ON ingest_offsets, costs_daily, costs_monthly TO app_write;
GRANT INSERT ON rejected_records, offset_changes TO app_write;
GRANT SELECT, INSERT ON ingest_batches TO app_write;
GRANT SELECT ON ingest_spans TO app_write; -- what became of a commit without an answer
GRANT SELECT ON ingest_offsets, ingest_batches, ingest_spans, offset_changes TO app_read, app_audit_read, app_maintain;
GRANT SELECT ON rejected_records TO app_audit_read, app_maintain;
GRANT INSERT ON offset_changes TO app_maintain;
GRANT UPDATE ON ingest_offsets TO app_maintain;
