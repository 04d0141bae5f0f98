-- Rebuilds the open months of one tenant from the records and adjustments. The caller holds the books alone.
CREATE OR REPLACE FUNCTION daybook_rebuild_tenant(p_tenant text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' SET row_security = off AS $$
DECLARE
  open_from date := daybook_first_open_month();
  starts timestamptz := '-infinity';
BEGIN
  -- Every instant of an open month is behind the end of the last closed one, in the zone that it was closed with.
  IF open_from > '-infinity' THEN
    starts := open_from::timestamp AT TIME ZONE coalesce(
      (SELECT time_zone FROM tenant_time_zones WHERE tenant_id = p_tenant AND first_month < open_from
        ORDER BY first_month DESC LIMIT 1), 'UTC');
  END IF;
  -- Where that midnight comes twice, the first of them begins the day: read from before it, and choose by the day.
  starts := starts - interval '1 day';
  IF EXISTS (SELECT FROM partition_retirements r WHERE r.table_name = 'invocations' AND r.upper_bound > starts) THEN
    RAISE EXCEPTION 'records of open months have left with retired partitions'
      USING ERRCODE = 'object_not_in_prerequisite_state',
      HINT = 'Close these months first: daybook periods close.';
  END IF;
  IF EXISTS (SELECT FROM cost_adjustments WHERE tenant_id = p_tenant AND charge_month >= open_from
    AND billing_month <> charge_month) THEN
    RAISE EXCEPTION 'a reopened month has corrections in a later one'
      USING ERRCODE = 'object_not_in_prerequisite_state',
      HINT = 'Close it again first: daybook periods close.';
  END IF;
  DELETE FROM costs_daily WHERE tenant_id = p_tenant AND day >= open_from;
  DELETE FROM costs_monthly WHERE tenant_id = p_tenant AND month >= open_from;
  PERFORM daybook_add_costs('costs_daily', pg_catalog.format($sql$
    SELECT daybook_billing_day(tenant_id, occurred_at) AS day,
      daybook_billing_zone(tenant_id, occurred_at) AS time_zone, *
      FROM charges
     WHERE tenant_id = %1$L AND occurred_at >= %2$L AND daybook_billing_day(tenant_id, occurred_at) >= %3$L $sql$,
    p_tenant, starts, open_from));
  PERFORM daybook_add_costs('costs_monthly', pg_catalog.format($sql$
    SELECT pg_catalog.date_trunc('month', day)::date AS month, * FROM costs_daily WHERE tenant_id = %L
      AND day >= %L $sql$,
    p_tenant, open_from));
END $$;

COMMENT ON FUNCTION daybook_rebuild_tenant IS 'Makes the rollups of a tenant''s open months again from its records and adjustments';
REVOKE ALL ON FUNCTION daybook_rebuild_tenant FROM PUBLIC;
