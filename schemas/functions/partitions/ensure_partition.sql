-- Runs as app_owner, so that ingest can have a month of the window without the right to make tables. A month that was
-- retired stays away, or its records could be stored twice.
CREATE OR REPLACE FUNCTION daybook_ensure_partition(p_table text, p_month date) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  policy partition_policies;
  first_day date := pg_catalog.date_trunc('month', p_month)::date;
  this_month date := pg_catalog.date_trunc('month', pg_catalog.now())::date;
  next_day date := (first_day + interval '1 month')::date;
  existing text := daybook_partition_of(p_table, p_month);
  fallback regclass;
  control name;
  is_there boolean;
BEGIN
  IF p_month IS NULL THEN
    RAISE EXCEPTION 'a month is missing' USING ERRCODE = 'null_value_not_allowed';
  END IF;
  SELECT * INTO policy FROM partition_policies WHERE table_name = p_table;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'table % has no row in partition_policies', p_table
      USING ERRCODE = 'undefined_object';
  END IF;
  -- A month outside of the window that somebody made a partition for is wanted, for instance to backfill.
  IF existing IS NOT NULL THEN
    RETURN existing;
  END IF;
  IF first_day < this_month - pg_catalog.make_interval(months => policy.retention_months)
     OR first_day > this_month + pg_catalog.make_interval(months => policy.months_ahead)
     OR EXISTS (SELECT FROM partition_retirements r
                 WHERE r.table_name = p_table AND r.upper_bound > first_day::timestamptz
                   AND r.lower_bound < next_day::timestamptz) THEN
    RETURN NULL;
  END IF;
  -- An adopted set may have a default partition. While it has rows of the month, none of the month's own can be
  -- attached: what comes goes where they are, and maintenance reports them.
  SELECT NULLIF(p.partdefid, 0), a.attname INTO fallback, control
    FROM pg_catalog.pg_partitioned_table p
    JOIN pg_catalog.pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
   WHERE p.partrelid = pg_catalog.quote_ident(p_table)::regclass;
  IF fallback IS NOT NULL THEN
    -- Asked of the whole table, of which we are the owner.
    EXECUTE pg_catalog.format('SELECT EXISTS (SELECT FROM %I WHERE %I >= $1 AND %I < $2 AND tableoid = $3)', p_table,
      control, control) INTO is_there USING first_day::timestamptz, next_day::timestamptz, fallback::oid;
    IF is_there THEN
      RETURN (SELECT relname FROM pg_catalog.pg_class WHERE oid = fallback);
    END IF;
  END IF;
  RETURN daybook_create_partition(p_table, p_month);
END $$;

COMMENT ON FUNCTION daybook_ensure_partition IS 'Name of the partition for a month, made if need be, or that of the default partition where it has rows of the month; null when there is none and the month is outside of the policy''s window. Call it in a transaction of its own; SQLSTATE 55P03 means try again';
REVOKE ALL ON FUNCTION daybook_ensure_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_ensure_partition TO app_maintain, app_write;
