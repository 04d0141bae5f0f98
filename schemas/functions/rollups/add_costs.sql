-- In key order: two writers never wait in a circle. p_adds_up: a key may come twice; where it cannot, a sum of each is
-- two thirds of what else is done for it.
CREATE OR REPLACE FUNCTION daybook_add_costs(
  p_table text, p_rows text, p_condition text DEFAULT 'true', p_adds_up boolean DEFAULT true) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  period text := CASE p_table WHEN 'costs_daily' THEN 'day' ELSE 'month' END;
  names text;
  amounts text;
  additions text;
BEGIN
  SELECT pg_catalog.string_agg(m.name, ', '),
         pg_catalog.string_agg(pg_catalog.format(CASE WHEN p_adds_up THEN 'pg_catalog.sum(%I)' ELSE '%I' END, m.name),
           ', '),
         pg_catalog.string_agg(pg_catalog.format('%1$I = c.%1$I + excluded.%1$I', m.name), ', ')
    INTO names, amounts, additions FROM daybook_cost_measures() AS m;
  EXECUTE pg_catalog.format($sql$
    INSERT INTO %1$I AS c (tenant_id, %2$I, project_id, provider, model, service_tier, currency, %3$s, updated_at,
      time_zone)
    SELECT tenant_id, %2$I, project_id, provider, model, service_tier, currency, %4$s,
           pg_catalog.clock_timestamp(), %6$s
      FROM (%5$s) AS amounts
     %8$s
     ORDER BY tenant_id COLLATE "C", 2, provider COLLATE "C", model COLLATE "C", project_id COLLATE "C",
       service_tier COLLATE "C", currency COLLATE "C"
    ON CONFLICT (tenant_id, %2$I, provider, model, project_id, service_tier, currency) DO UPDATE SET
      %7$s, updated_at = excluded.updated_at, time_zone = excluded.time_zone $sql$,
    p_table, period, names, amounts, p_rows,
    CASE WHEN p_adds_up THEN 'pg_catalog.max(time_zone)' ELSE 'time_zone' END, additions,
    CASE WHEN p_adds_up THEN 'GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING ' ELSE 'WHERE ' END || p_condition);
END $$;

COMMENT ON FUNCTION daybook_add_costs IS 'Adds the rows of a query, with the key columns, the measures and time_zone of costs_daily or costs_monthly, to that table';
REVOKE ALL ON FUNCTION daybook_add_costs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_add_costs TO app_write;
