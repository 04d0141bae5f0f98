-- What became of each staged row, of which daybook_settle_known has settled most. Equal content under the same identity
-- is a duplicate; other content is a conflict and is kept as a rejected record: evidence, not noise. The range of times
-- is for the planner, which then looks into the months of the batch only: into all of them, each look-up would be
-- planned, opened and compiled for each. The bytes of a record are kept once: with its lowest conflict, or where the
-- batch has refused another item of it.
CREATE OR REPLACE FUNCTION daybook_settle_duplicates(p_batch uuid, p_cluster text, p_staged jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  staged record;
  first timestamptz;
  last timestamptz;
  total bigint;
BEGIN
  FOR staged IN SELECT * FROM jsonb_to_recordset(p_staged) AS s("table" text, id text, staging text) LOOP
    EXECUTE format('SELECT min(occurred_at), max(occurred_at), count(*) FROM pg_temp.%I', staged.staging)
      INTO first, last, total;
    CONTINUE WHEN total = (SELECT count(*) FROM pg_temp.daybook_settled WHERE table_name = staged."table");
    EXECUTE format($sql$
      INSERT INTO pg_temp.daybook_settled (table_name, source_topic, source_partition, source_offset, item, verdict)
      SELECT %1$L, s.source_topic, s.source_partition, s.source_offset, %4$s,
             CASE WHEN i.source_offset IS NOT NULL THEN 'stored'
                  WHEN s.content_sha256 = (
                    SELECT t.content_sha256 FROM %1$I t
                     WHERE t.occurred_at BETWEEN $1 AND $2 AND t.tenant_id = s.tenant_id COLLATE "C"
                       AND t.occurred_at = s.occurred_at AND t.%2$I = s.%2$I) THEN 'duplicate'
                  ELSE 'conflict' END
        FROM pg_temp.%3$I s
        LEFT JOIN pg_temp.daybook_inserted i
          ON i.source_topic = s.source_topic AND i.source_partition = s.source_partition
         AND i.source_offset = s.source_offset AND i.item = %4$s
       WHERE NOT EXISTS (
         SELECT FROM pg_temp.daybook_settled d
          WHERE d.table_name = %1$L AND d.source_topic = s.source_topic AND d.source_partition = s.source_partition
            AND d.source_offset = s.source_offset AND d.item = %4$s) $sql$,
      staged."table", staged.id, staged.staging, daybook_staged_item(staged.staging)) USING first, last;
    IF EXISTS (SELECT FROM pg_temp.daybook_settled WHERE verdict = 'conflict' AND table_name = staged."table") THEN
      EXECUTE format($sql$
        UPDATE pg_temp.daybook_settled d SET verdict = 'duplicate'
          FROM daybook_same_content(%1$L, %2$L, ARRAY(
                 SELECT to_jsonb(s) FROM pg_temp.%3$I s
                   JOIN pg_temp.daybook_settled c
                     ON c.source_topic = s.source_topic AND c.source_partition = s.source_partition
                    AND c.source_offset = s.source_offset AND c.item = %4$s
                  WHERE c.verdict = 'conflict')) AS same
         WHERE d.source_topic = same.source_topic AND d.source_partition = same.source_partition
           AND d.source_offset = same.source_offset AND d.item = same.item $sql$,
        staged."table", staged.id, staged.staging, daybook_staged_item(staged.staging));
    END IF;
  END LOOP;
  INSERT INTO rejected_records (rejected_at, cluster_id, topic, partition, "offset", record_timestamp, table_name,
    reason, field, message, key, payload, headers, batch_id, item)
  SELECT clock_timestamp(), p_cluster, d.source_topic, d.source_partition, d.source_offset, r.record_timestamp,
    d.table_name, 'conflicting_duplicate', NULL,
    'a record with the same tenant_id, occurred_at and id but other content is stored already; send a new id',
    CASE WHEN d.is_first THEN r.key END, CASE WHEN d.is_first THEN r.payload END,
    CASE WHEN d.is_first THEN r.headers END, p_batch, nullif(d.item, -1)
  FROM (SELECT *, row_number() OVER (PARTITION BY source_topic, source_partition, source_offset ORDER BY item) = 1
                  AS is_first
          FROM pg_temp.daybook_settled WHERE verdict = 'conflict') AS d
  LEFT JOIN pg_temp.daybook_staged_raw r
    ON r.has_record AND r.source_topic = d.source_topic AND r.source_partition = d.source_partition
   AND r.source_offset = d.source_offset;
  RETURN (
    SELECT coalesce(jsonb_agg(to_jsonb(counted)), '[]') FROM (
      SELECT source_topic AS topic, source_partition AS partition,
             count(*) FILTER (WHERE verdict = 'stored') AS stored,
             count(*) FILTER (WHERE verdict = 'duplicate') AS duplicates,
             count(*) FILTER (WHERE verdict = 'conflict') AS conflicts
        FROM pg_temp.daybook_settled GROUP BY 1, 2) AS counted);
END $$;

COMMENT ON FUNCTION daybook_settle_duplicates IS 'Tells stored, duplicate and conflicting staged rows apart and keeps the conflicts; returns their numbers: [{"topic", "partition", "stored", "duplicates", "conflicts"}]';
REVOKE ALL ON FUNCTION daybook_settle_duplicates FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_settle_duplicates TO app_write;
