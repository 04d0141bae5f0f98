CREATE OR REPLACE FUNCTION daybook_ensure_runway() RETURNS TABLE (table_name text, month date, partition_name text)
LANGUAGE sql SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
  SELECT p.table_name, m.month::date, daybook_ensure_partition(p.table_name, m.month::date)
  FROM partition_policies p,
       LATERAL generate_series(date_trunc('month', now()) - interval '1 month',
                               date_trunc('month', now()) + make_interval(months => p.months_ahead),
                               interval '1 month') AS m(month)
  ORDER BY p.table_name, m.month
$$;

COMMENT ON FUNCTION daybook_ensure_runway IS 'Makes the partitions of every policy from last month to months_ahead';
REVOKE ALL ON FUNCTION daybook_ensure_runway FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_ensure_runway TO app_maintain, app_write;
