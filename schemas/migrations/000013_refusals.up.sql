-- What operators decide about refusals, and about partitions that are gone.
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

ALTER TABLE offset_changes DROP CONSTRAINT offset_changes_action_check,
  ADD CONSTRAINT offset_changes_action_check
    CHECK (action IN ('start', 'halt', 'resume', 'set', 'accept_rejects', 'forget'));
COMMENT ON COLUMN offset_changes.action IS 'start (by Daybook, in a log that does not begin at 0), halt (by Daybook); resume, set, accept_rejects or forget (by an operator)';
COMMENT ON COLUMN offset_changes.new_offset IS 'next_offset after; records between the two were skipped or will be read again. accept_rejects: refusals before it do not halt. forget: 0, where a partition of that number would begin again';

-- The share of refused records does not halt the partition before p_until.
CREATE FUNCTION daybook_accept_rejects(
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

CREATE FUNCTION daybook_rejects_accepted(p_cluster text, p_topic text, p_partition integer) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT CASE c.action WHEN 'accept_rejects' THEN c.new_offset ELSE 0 END
    FROM offset_changes c
   WHERE c.cluster_id = p_cluster AND c.topic = p_topic AND c.partition = p_partition
     AND c.action IN ('accept_rejects', 'set', 'forget')
   ORDER BY c.id DESC LIMIT 1
$$;
COMMENT ON FUNCTION daybook_rejects_accepted IS 'Offset before which refusals do not halt the partition: the last decision, unless its offset was set since';

-- A partition that the topic has no more: its position goes, the journal keeps it.
CREATE FUNCTION daybook_forget_partition(p_cluster text, p_topic text, p_partition integer, p_reason text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  position bigint;
BEGIN
  DELETE FROM ingest_offsets o
   WHERE o.cluster_id = p_cluster AND o.topic = p_topic AND o.partition = p_partition
     AND o.halt_reason = 'partition_count_shrank' AND pg_catalog.btrim(p_reason) <> ''
  RETURNING o.next_offset INTO position;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO offset_changes (cluster_id, topic, partition, action, old_offset, new_offset, reason)
  VALUES (p_cluster, p_topic, p_partition, 'forget', position, 0, p_reason);
  RETURN true;
END $$;
COMMENT ON FUNCTION daybook_forget_partition IS 'Removes and journals the position of a partition that was halted because its topic has fewer partitions now';

REVOKE ALL ON FUNCTION daybook_accept_rejects, daybook_rejects_accepted, daybook_forget_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_accept_rejects, daybook_forget_partition TO app_maintain;
GRANT EXECUTE ON FUNCTION daybook_rejects_accepted TO app_write;

-- What stored records said that nobody reads. A few names of each topic, however many producers invent.
CREATE TABLE unknown_fields (
  topic          text        NOT NULL,
  table_name     text        NOT NULL,
  field          text        NOT NULL CHECK (length(field) BETWEEN 1 AND 300),
  records        bigint      NOT NULL CHECK (records > 0),
  first_seen     timestamptz NOT NULL,
  last_seen      timestamptz NOT NULL,
  last_partition integer     NOT NULL,
  last_offset    bigint      NOT NULL,
  PRIMARY KEY (topic, table_name, field)
);
COMMENT ON TABLE unknown_fields IS 'Fields of stored records that look like usage, cost or outcome and are not read';
COMMENT ON COLUMN unknown_fields.topic IS 'Kafka topic';
COMMENT ON COLUMN unknown_fields.table_name IS 'Table that the records are stored in';
COMMENT ON COLUMN unknown_fields.field IS 'Name with its path, other characters than those of usual names percent-encoded; _other: of too many names';
COMMENT ON COLUMN unknown_fields.records IS 'Records that had it, duplicates counted again';
COMMENT ON COLUMN unknown_fields.first_seen IS 'When a batch counted it first, UTC';
COMMENT ON COLUMN unknown_fields.last_seen IS 'When a batch counted it last, UTC';
COMMENT ON COLUMN unknown_fields.last_partition IS 'Kafka partition of the last record that had it';
COMMENT ON COLUMN unknown_fields.last_offset IS 'Kafka offset of the last record that had it';

-- Called at the end of the transaction that stores the records. In key order: writers share these rows.
CREATE FUNCTION daybook_count_unknown_fields(p_fields jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  INSERT INTO unknown_fields AS u
    (topic, table_name, field, records, first_seen, last_seen, last_partition, last_offset)
  SELECT f.topic, f.table_name, f.field, pg_catalog.sum(f.records), pg_catalog.now(), pg_catalog.now(),
         pg_catalog.max(f.partition), pg_catalog.max(f."offset")
    FROM (SELECT g.topic, g."table" AS table_name, g.records, g.partition, g."offset",
                 CASE WHEN EXISTS (SELECT FROM unknown_fields k
                                    WHERE k.topic = g.topic AND k.table_name = g."table" AND k.field = g.field)
                        OR (SELECT pg_catalog.count(*) FROM unknown_fields k WHERE k.topic = g.topic) < 200
                      THEN g.field ELSE '_other' END AS field
            FROM pg_catalog.jsonb_to_recordset(p_fields) AS g(topic text, "table" text, field text, records bigint,
                   partition integer, "offset" bigint)) AS f
   GROUP BY f.topic, f.table_name, f.field ORDER BY f.topic, f.table_name, f.field
  ON CONFLICT ON CONSTRAINT unknown_fields_pkey DO UPDATE
    SET records = u.records + excluded.records, last_seen = excluded.last_seen,
        last_partition = excluded.last_partition, last_offset = excluded.last_offset
$$;
COMMENT ON FUNCTION daybook_count_unknown_fields IS 'Adds to unknown_fields: [{"topic", "table", "field", "records", "partition", "offset"}]; after 200 names of a topic further ones count as _other';
REVOKE ALL ON unknown_fields FROM PUBLIC;
REVOKE ALL ON FUNCTION daybook_count_unknown_fields FROM PUBLIC;
GRANT SELECT ON unknown_fields TO app_audit_read;
GRANT EXECUTE ON FUNCTION daybook_count_unknown_fields TO app_write;

COMMENT ON TABLE rejected_records IS 'Records that were not accepted, as they came, with the reason';
COMMENT ON COLUMN rejected_records.message IS 'What the producer should do; holds no part of the payload. Of a payload that was cut: its size and SHA-256';
COMMENT ON COLUMN rejected_records.payload IS 'Kafka value, bytes as sent; of one larger than 1 MiB the first 64 KiB; null for a tombstone';
