-- The condition that a row is under an active hold, as SQL text; null when no hold concerns the range. Rows of a
-- table without tenant_id may belong to anybody, so a hold on a tenant covers them all.
CREATE OR REPLACE FUNCTION daybook_held_condition(p_table text, p_from timestamptz, p_to timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' AS $$
  SELECT pg_catalog.string_agg(pg_catalog.format('(%s)', pg_catalog.concat_ws(' AND ', 'true',
           CASE WHEN has_tenant.yes AND h.tenant_id IS NOT NULL THEN pg_catalog.format('tenant_id = %L', h.tenant_id)
             END,
           CASE WHEN control.attname IS NOT NULL THEN
             pg_catalog.format('%I >= %L AND %I < %L', control.attname, greatest(h.held_from, p_from),
                    control.attname, least(h.held_to, p_to)) END)), ' OR ' ORDER BY h.hold_id)
  FROM legal_holds h
  -- Without a column to compare (partitioned by an expression) the whole range is held, not nothing.
  LEFT JOIN (SELECT a.attname FROM pg_partitioned_table p
               JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
              WHERE p.partrelid = pg_catalog.quote_ident(p_table)::regclass) AS control ON true,
       (SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_catalog.quote_ident(p_table)::regclass
                          AND attname = 'tenant_id' AND NOT attisdropped) AS yes) AS has_tenant
  WHERE h.released_at IS NULL AND (h.table_name IS NULL OR h.table_name = p_table)
    AND h.held_from < p_to AND h.held_to > p_from
$$;

COMMENT ON FUNCTION daybook_held_condition IS 'SQL condition of the rows of a range of a table that active legal holds cover; null when there are none';
REVOKE ALL ON FUNCTION daybook_held_condition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_held_condition TO app_audit_read, app_maintain;
