-- The audit follows a partition by the times of its batches, and the clock of a server that takes over may be behind.
-- An hour is more than such a clock is wrong; one that was a year ahead for a moment must not decide the month.
CREATE OR REPLACE FUNCTION daybook_time_after(p_before timestamptz) RETURNS timestamptz
LANGUAGE sql SET search_path FROM CURRENT AS $$
  SELECT CASE WHEN p_before < pg_catalog.clock_timestamp() + interval '1 hour'
              THEN greatest(pg_catalog.clock_timestamp(), p_before + interval '1 microsecond')
              ELSE pg_catalog.clock_timestamp() END
$$;

COMMENT ON FUNCTION daybook_time_after IS 'What the clock says, or the moment behind p_before when the clock was set back by less than an hour';
REVOKE ALL ON FUNCTION daybook_time_after FROM PUBLIC;
