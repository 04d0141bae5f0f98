-- Runs as app_owner, so that ingest can have a month of the window without the right to make tables. A month that was
-- retired stays away, or its records could be stored twice.
CREATE OR REPLACE FUNCTION daybook_ensure_partition(p_table text, p_month date) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  policy partition_policies;
  first_day date := pg_catalog.date_trunc('month', p_month)::date;
  this_month date := pg_catalog.date_trunc('month', pg_catalog.now())::date;
  existing text := daybook_partition_of(p_table, p_month);
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
                   AND r.lower_bound < (first_day + interval '1 month')::timestamptz) THEN
    RETURN NULL;
  END IF;
  RETURN daybook_create_partition(p_table, p_month);
END $$;

COMMENT ON FUNCTION daybook_ensure_partition IS 'Name of the partition for a month, made if need be; null when there is none and the month is outside of the policy''s window. Call it in a transaction of its own; SQLSTATE 55P03 means try again';
REVOKE ALL ON FUNCTION daybook_ensure_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_ensure_partition TO app_maintain, app_write;
