-- What is late, and what it costs, is not for the caller to say: the batch must be in the ledger by this same
-- transaction, and its lines are the sums of the rows that it has stored at its positions. Rows that were there
-- before (positions go back, a topic is made again) are no late records: age(xmin) is 0 for a row of this transaction,
-- less for one of its savepoints, and more for an older one.
CREATE OR REPLACE FUNCTION daybook_post_late(p_batch uuid, p_tenants text[], p_days date[])
  RETURNS TABLE (records bigint, cost numeric)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' SET row_security = off
SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
  open_from date;
  ledger jsonb;
  late record;
  starts timestamptz;
  ends timestamptz;
  is_zoned boolean;
BEGIN
  PERFORM daybook_share_books();
  open_from := daybook_first_open_month();
  SELECT b.spans INTO ledger FROM ingest_batches b
   WHERE b.batch_id = p_batch AND b.committed_at >= pg_catalog.transaction_timestamp() - interval '1 minute'
     -- Of this transaction, and its savepoints: whoever writes a row holds the lock of the row's transaction.
     AND EXISTS (SELECT FROM pg_catalog.pg_locks l
                  WHERE l.locktype = 'transactionid' AND l.transactionid = b.xmin
                    AND l.pid = pg_catalog.pg_backend_pid()
                    AND l.mode = 'ExclusiveLock' AND l.granted);
  IF ledger IS NULL OR EXISTS (SELECT FROM cost_adjustments a WHERE a.batch_id = p_batch AND a.kind = 'late') THEN
    RAISE EXCEPTION 'batch % is not the one of this transaction, or its late records are posted already', p_batch
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  FOR late IN SELECT DISTINCT w.tenant, w.day
      FROM ROWS FROM (pg_catalog.unnest(p_tenants), pg_catalog.unnest(p_days)) AS w(tenant, day) ORDER BY 1, 2
  LOOP
    IF late.tenant IS NULL OR late.day IS NULL OR late.day >= open_from THEN
      RAISE EXCEPTION 'records of % are not late: % is not closed', late.tenant, coalesce(late.day::text, 'no day')
        USING ERRCODE = 'invalid_parameter_value';
    END IF;
    is_zoned := EXISTS (SELECT FROM tenant_time_zones z WHERE z.tenant_id = late.tenant);
    starts := late.day::timestamp AT TIME ZONE 'UTC';
    ends := starts + interval '1 day';
    IF is_zoned THEN
      starts := starts - interval '2 days';
      ends := ends + interval '2 days';
    END IF;
    INSERT INTO cost_adjustments (kind, tenant_id, charge_day, billing_month, time_zone, project_id, provider, model,
      service_tier, currency, cost, records, failed_records, unpriced_records, input_tokens, output_tokens,
      cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, estimated_records, estimated_cost,
      reason, batch_id)
    SELECT 'late', late.tenant, late.day, open_from,
      CASE WHEN is_zoned THEN pg_catalog.max(daybook_billing_zone(i.tenant_id, i.occurred_at)) ELSE 'UTC' END,
      coalesce(i.project_id, ''), i.provider, coalesce(i.response_model, i.request_model), i.service_tier,
      CASE WHEN i.cost IS NULL THEN 'XXX' ELSE i.currency END, coalesce(pg_catalog.sum(i.cost), 0), pg_catalog.count(*),
      pg_catalog.count(*) FILTER (WHERE i.status = 'failure'), pg_catalog.count(*) FILTER (WHERE i.cost IS NULL),
      coalesce(pg_catalog.sum(i.input_tokens), 0), coalesce(pg_catalog.sum(i.output_tokens), 0),
      coalesce(pg_catalog.sum(i.cache_read_input_tokens), 0),
        coalesce(pg_catalog.sum(i.cache_creation_input_tokens), 0),
      coalesce(pg_catalog.sum(i.reasoning_output_tokens), 0),
      pg_catalog.count(*) FILTER (WHERE i.usage_source = 'estimated'),
      coalesce(pg_catalog.sum(i.cost) FILTER (WHERE i.usage_source = 'estimated'), 0),
      'came after ' || pg_catalog.to_char(late.day, 'YYYY-MM') || ' was closed', p_batch
    FROM invocations i JOIN pg_catalog.jsonb_to_recordset(ledger) AS s(topic text, partition integer, "from" bigint,
           next bigint, "table" text)
      ON s."table" = 'invocations' AND i.source_topic = s.topic COLLATE "C" AND i.source_partition = s.partition
         AND i.source_offset >= s."from" AND i.source_offset < s.next
    WHERE pg_catalog.age(i.xmin) <= 0
      AND i.tenant_id = late.tenant COLLATE "C" AND i.occurred_at >= starts AND i.occurred_at < ends
      AND (NOT is_zoned OR daybook_billing_day(i.tenant_id, i.occurred_at) = late.day)
    GROUP BY 6, 7, 8, 9, 10;
  END LOOP;
  RETURN QUERY SELECT coalesce(pg_catalog.sum(a.records), 0)::bigint, coalesce(pg_catalog.sum(a.cost), 0)
    FROM cost_adjustments a WHERE a.batch_id = p_batch AND a.kind = 'late';
END $$;

COMMENT ON FUNCTION daybook_post_late IS 'Posts what the batch of this transaction stored on closed days of tenants, as its rows say; returns the sums. SQLSTATE 55000 for any other batch, or again';
REVOKE ALL ON FUNCTION daybook_post_late FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_post_late TO app_write;
