-- Whether records of these billing days have left, or are about to leave, with a partition; days of zones reach beyond
-- it.
CREATE OR REPLACE FUNCTION daybook_has_left(p_from date, p_to date) RETURNS boolean
LANGUAGE sql STABLE SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
  SELECT EXISTS (SELECT FROM partition_retirements r
    WHERE r.table_name = 'invocations'
      AND r.lower_bound < p_to::timestamptz + zone.shift AND r.upper_bound > p_from::timestamptz - zone.shift)
  FROM (SELECT CASE WHEN EXISTS (SELECT FROM tenant_time_zones) THEN interval '2 days' ELSE interval '0'
    END AS shift) AS zone
$$;

COMMENT ON FUNCTION daybook_has_left IS 'Whether invocations of these billing days may be in a retired partition';
REVOKE ALL ON FUNCTION daybook_has_left FROM PUBLIC;
