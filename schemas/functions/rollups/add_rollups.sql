-- Deltas are staged by UTC day, and for tenants with a zone of their own by quarter of an hour: no zone changes its
-- offset within one. A group without a record is what was counted and turned out to be duplicates. p_are_distinct: the
-- deltas are as the batch brought them, each key once; a day of such a tenant has more than one, a month unless all are
-- of one day.
CREATE OR REPLACE FUNCTION daybook_add_rollups(p_batch uuid, p_are_distinct boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  adds_up boolean := NOT p_are_distinct;
  open_from date;
  tenants text[];
  days date[];
  staged_records bigint;
  staged_cost numeric;
  late_records bigint;
  late_cost numeric;
BEGIN
  PERFORM daybook_share_books();
  open_from := daybook_first_open_month();
  IF EXISTS (SELECT FROM pg_temp.daybook_rollup_deltas
              WHERE slot IS NULL AND tenant_id IN (SELECT z.tenant_id FROM tenant_time_zones z)) THEN
    RAISE EXCEPTION 'a tenant has another time zone than the batch was made for' USING ERRCODE = 'DB003';
  END IF;
  UPDATE pg_temp.daybook_rollup_deltas SET
    day = daybook_billing_day(tenant_id, (day + slot * interval '15 minutes') AT TIME ZONE 'UTC'),
    time_zone = daybook_billing_zone(tenant_id, (day + slot * interval '15 minutes') AT TIME ZONE 'UTC')
   WHERE slot IS NOT NULL;
  adds_up := adds_up OR FOUND;

  IF open_from > '-infinity' THEN
    SELECT array_agg(late.tenant_id), array_agg(late.day), sum(late.records), sum(late.cost)
      INTO tenants, days, staged_records, staged_cost
      FROM (SELECT tenant_id, day, sum(records) AS records, sum(cost) AS cost
              FROM pg_temp.daybook_rollup_deltas WHERE day < open_from
             GROUP BY tenant_id, day HAVING sum(records) > 0) AS late;
    IF tenants IS NOT NULL THEN
      SELECT l.records, l.cost INTO late_records, late_cost FROM daybook_post_late(p_batch, tenants, days) AS l;
      IF (late_records, late_cost) IS DISTINCT FROM (staged_records, staged_cost) THEN
        RAISE EXCEPTION 'the late sums of batch % are not those of its rows', p_batch USING ERRCODE = 'DB004';
      END IF;
    END IF;
  END IF;

  PERFORM daybook_add_costs('costs_daily',
    format('SELECT * FROM pg_temp.daybook_rollup_deltas WHERE day >= %L', open_from),
    CASE WHEN adds_up THEN 'sum(records) > 0' ELSE 'records > 0' END, adds_up);
  adds_up := adds_up OR (SELECT coalesce(min(day) < max(day), false) FROM pg_temp.daybook_rollup_deltas);
  PERFORM daybook_add_costs('costs_monthly',
    format('SELECT date_trunc(''month'', day)::date AS month, * FROM pg_temp.daybook_rollup_deltas WHERE day >= %L',
      open_from),
    CASE WHEN adds_up THEN 'sum(records) > 0' ELSE 'records > 0' END, adds_up);
END $$;

COMMENT ON FUNCTION daybook_add_rollups IS 'Adds the staged deltas to costs_daily and costs_monthly; those of closed months become adjustments of the first open one. SQLSTATE DB003: stage them again, by quarter of an hour';
REVOKE ALL ON FUNCTION daybook_add_rollups FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_add_rollups TO app_write;
