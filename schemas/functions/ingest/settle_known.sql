-- Most of what is staged has been stored before, as it is: that costs one look-up of its key, and no attempt to insert
-- it. The range of times is for the planner, which then looks into the months of the batch only.
CREATE OR REPLACE FUNCTION daybook_settle_known(p_table text, p_id text, p_staging text) RETURNS boolean
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  first timestamptz;
  last timestamptz;
  total bigint;
  known bigint;
BEGIN
  EXECUTE format('SELECT min(occurred_at), max(occurred_at), count(*) FROM pg_temp.%I', p_staging)
    INTO first, last, total;
  EXECUTE format($sql$
    INSERT INTO pg_temp.daybook_settled (table_name, source_topic, source_partition, source_offset, item, verdict)
    SELECT %1$L, s.source_topic, s.source_partition, s.source_offset, %4$s, 'duplicate'
      FROM pg_temp.%3$I s
     WHERE s.content_sha256 = (
             SELECT t.content_sha256 FROM %1$I t
              WHERE t.occurred_at BETWEEN $1 AND $2 AND t.tenant_id = s.tenant_id COLLATE "C"
                AND t.occurred_at = s.occurred_at AND t.%2$I = s.%2$I) $sql$,
    p_table, p_id, p_staging, daybook_staged_item(p_staging)) USING first, last;
  GET DIAGNOSTICS known = ROW_COUNT;
  RETURN known < total;
END $$;

COMMENT ON FUNCTION daybook_settle_known IS 'Notes which staged rows are stored already with the same content; whether others are left';
REVOKE ALL ON FUNCTION daybook_settle_known FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_settle_known TO app_write;
