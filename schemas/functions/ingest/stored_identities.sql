-- Probes in the order of the key, and only into the months of the batch.
CREATE OR REPLACE FUNCTION daybook_stored_identities(p_table text, p_id text, p_from timestamptz, p_to timestamptz)
RETURNS SETOF integer LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  RETURN QUERY EXECUTE format($sql$
    SELECT a.entry FROM (
      SELECT *, row_number() OVER (PARTITION BY tenant_id, occurred_at, id ORDER BY entry) AS copy
        FROM pg_temp.daybook_asked) AS a
     WHERE a.copy > 1 OR (
       SELECT true FROM %I AS t
        WHERE t.occurred_at >= $1 AND t.occurred_at < $2 AND t.tenant_id = a.tenant_id AND t.occurred_at = a.occurred_at
          AND t.%I = a.id) $sql$, p_table, p_id) USING p_from, p_to;
END $$;

COMMENT ON FUNCTION daybook_stored_identities IS 'Entries whose identity is stored, or stands in the batch before them; p_id is the last column of the primary key';
REVOKE ALL ON FUNCTION daybook_stored_identities FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_stored_identities TO app_write;
