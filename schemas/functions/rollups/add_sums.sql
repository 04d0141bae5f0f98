-- In key order: two writers never wait in a circle.
CREATE OR REPLACE FUNCTION daybook_add_sums(p_rollup text, p_records numeric) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  staging text := 'daybook_sums_' || p_rollup;
  counted numeric := 0;
  keys text;
  names text;
  sums text;
  additions text;
BEGIN
  IF current_setting('daybook.sums_' || p_rollup, true) = current_setting('daybook.batch') THEN
    EXECUTE format('SELECT coalesce(sum(records), 0) FROM pg_temp.%I', staging) INTO counted;
  END IF;
  IF counted IS DISTINCT FROM p_records THEN
    RAISE EXCEPTION '% records were stored, and % counted for %', p_records, counted, p_rollup
      USING ERRCODE = 'DB004';
  END IF;
  IF counted = 0 THEN
    RETURN;
  END IF;
  SELECT string_agg(c.name, ', ') FILTER (WHERE c.is_key), string_agg(c.name, ', '),
         string_agg(format('sum(%s)', c.name), ', ') FILTER (WHERE NOT c.is_key),
         string_agg(format('%1$s = r.%1$s + excluded.%1$s', c.name), ', ') FILTER (WHERE NOT c.is_key)
    INTO keys, names, sums, additions FROM daybook_sum_columns(p_rollup) AS c;
  EXECUTE format($sql$
    INSERT INTO %1$I AS r (%2$s, updated_at)
    SELECT %3$s, %4$s, clock_timestamp() FROM pg_temp.%5$I GROUP BY %3$s ORDER BY %3$s
    ON CONFLICT (%3$s) DO UPDATE SET %6$s, updated_at = excluded.updated_at $sql$,
    p_rollup, names, keys, sums, staging, additions);
END $$;

COMMENT ON FUNCTION daybook_add_sums IS 'Adds what daybook_stage_sums has counted to a rollup. SQLSTATE DB004: it is not the number of records';
REVOKE ALL ON FUNCTION daybook_add_sums FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_add_sums TO app_write;
