-- The second message of a batch: everything after the COPYs, in one statement that the server finishes
-- even if its client is gone. Order: fence, rows, refusals, ledger, rollups (hot rows, locked last).
-- p_spans: what the batch says of each partition. p_staged: [{"table", "id": last column of its primary key,
-- "staging": its temporary table, "rollup": function that makes deltas of staged rows, or null}].
CREATE OR REPLACE FUNCTION daybook_apply_batch(
  p_batch uuid, p_owner text, p_cluster text, p_spans jsonb, p_staged jsonb, p_rollups boolean)
RETURNS TABLE (table_name text, seen bigint, stored bigint, duplicates bigint, rejected bigint)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  staged record;
  settled jsonb := '[]';
  ledger jsonb;
  are_distinct boolean := true;
BEGIN
  IF current_setting('daybook.batch', true) IS DISTINCT FROM p_batch::text THEN
    RAISE EXCEPTION 'the rows of batch % were copied in another transaction', p_batch USING ERRCODE = 'DB004';
  END IF;
  PERFORM daybook_fence_offsets(p_cluster, p_spans);

  IF jsonb_array_length(p_staged) > 0 THEN
    FOR staged IN SELECT * FROM jsonb_to_recordset(p_staged) AS s("table" text, id text, staging text, rollup text) LOOP
      IF daybook_settle_known(staged."table", staged.id, staged.staging) THEN
        PERFORM daybook_insert_staged(staged."table", staged.id, staged.staging);
      END IF;
      -- Nothing is to be counted where nothing is new, and nothing was counted before it was known.
      IF staged.rollup IS NOT NULL AND (EXISTS (SELECT FROM pg_temp.daybook_inserted)
           OR EXISTS (SELECT FROM pg_temp.daybook_staged_raw WHERE is_counted)) THEN
        EXECUTE format('SELECT %I($1)', staged.rollup) USING staged.staging;
        are_distinct := false;
      END IF;
    END LOOP;
    settled := daybook_settle_duplicates(p_batch, p_cluster, p_staged);
  END IF;
  -- A release before items came says neither records nor skipped.
  SELECT jsonb_agg(to_jsonb(s) - 'direct' || jsonb_build_object(
           'records', coalesce(s.records, s.seen), 'skipped', coalesce(s.skipped, 0),
           'stored', s.direct + coalesce(d.stored, 0), 'duplicates', coalesce(d.duplicates, 0),
           'rejected', s.rejected + coalesce(d.conflicts, 0)) ORDER BY s.topic, s.partition)
    INTO ledger
    FROM jsonb_to_recordset(p_spans) AS s(cluster text, topic text, partition integer, "from" bigint, next bigint,
           "table" text, records bigint, seen bigint, direct bigint, rejected bigint, skipped bigint, gaps bigint)
    LEFT JOIN jsonb_to_recordset(settled) AS d(topic text, partition integer, stored bigint, duplicates bigint,
      conflicts bigint)
      ON d.topic = s.topic AND d.partition = s.partition;
  PERFORM daybook_write_ledger(p_batch, p_owner, p_cluster, p_spans, ledger);

  IF (SELECT coalesce(sum(records), 0) FROM pg_temp.daybook_rollup_deltas) IS DISTINCT FROM
     (SELECT coalesce(sum(l.stored), 0) FROM jsonb_to_recordset(ledger) AS l("table" text, stored bigint)
       WHERE l."table" IN (SELECT r.table_name FROM stream_rollups r WHERE r.counted = 'batch')) THEN
    RAISE EXCEPTION 'the sums of batch % are not those of its rows', p_batch USING ERRCODE = 'DB004';
  END IF;
  PERFORM daybook_add_sums(r.rollup, sum(l.stored))
     FROM stream_rollups r JOIN jsonb_to_recordset(ledger) AS l("table" text, stored bigint) ON l."table" = r.table_name
    WHERE r.counted = 'rows' GROUP BY r.rollup ORDER BY r.rollup;
  IF p_rollups OR jsonb_path_exists(p_staged, '$[*].rollup ? (@ != null)') THEN
    PERFORM daybook_add_rollups(p_batch, are_distinct);
  END IF;

  RETURN QUERY
  SELECT l."table", sum(l.seen)::bigint, sum(l.stored)::bigint, sum(l.duplicates)::bigint, sum(l.rejected)::bigint
    FROM jsonb_to_recordset(ledger) AS l("table" text, seen bigint, stored bigint, duplicates bigint, rejected bigint)
   GROUP BY 1;
END $$;

COMMENT ON FUNCTION daybook_apply_batch IS 'Fences the offsets (SQLSTATE DB001), inserts the staged rows, keeps conflicts, writes the ledger, adds the rollups. SQLSTATE DB004: the rows are of another transaction, or their number is not that of the rollups';
REVOKE ALL ON FUNCTION daybook_apply_batch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_apply_batch TO app_write;
