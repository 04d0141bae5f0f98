-- By bounds, not by name: a set that another tool began may be named otherwise.
CREATE OR REPLACE FUNCTION daybook_partition_of(p_table text, p_month date) RETURNS text
LANGUAGE sql STABLE SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' AS $$
  SELECT c.relname::text
    FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
   WHERE i.inhparent = pg_catalog.quote_ident(p_table)::regclass AND NOT i.inhdetachpending
     AND pg_catalog.pg_get_expr(c.relpartbound, c.oid)
         = pg_catalog.format('FOR VALUES FROM (%L) TO (%L)', pg_catalog.date_trunc('month', p_month::timestamptz)::text,
             (pg_catalog.date_trunc('month', p_month::timestamptz) + interval '1 month')::text)
$$;

COMMENT ON FUNCTION daybook_partition_of IS 'Name of the partition that holds a month (UTC), or null';
REVOKE ALL ON FUNCTION daybook_partition_of FROM PUBLIC;
