-- ATTACH waits for nobody who writes to the other partitions; CREATE TABLE … PARTITION OF would block them.
CREATE OR REPLACE FUNCTION daybook_create_partition(p_table text, p_month date) RETURNS text
LANGUAGE plpgsql
SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET lock_timeout = '3s' AS $$
DECLARE
  first_day date := pg_catalog.date_trunc('month', p_month)::date;
  next_day date := (first_day + interval '1 month')::date;
  parent regclass := pg_catalog.quote_ident(p_table)::regclass;
  control name;
  child text := p_table || '_p' || pg_catalog.to_char(first_day, 'YYYYMMDD');
  existing text;
  sibling record;
  item record;
BEGIN
  -- The lock that ATTACH takes; no advisory lock, because any login may take those.
  EXECUTE pg_catalog.format('LOCK TABLE ONLY %I IN SHARE UPDATE EXCLUSIVE MODE', p_table);
  existing := daybook_partition_of(p_table, p_month);
  IF existing IS NOT NULL THEN
    RETURN existing;
  END IF;
  IF pg_catalog.to_regclass(pg_catalog.quote_ident(child)) IS NOT NULL THEN
    RAISE EXCEPTION 'table % exists and is not the partition of % for %', child, p_table, first_day
      USING ERRCODE = 'duplicate_table',
            HINT = 'It was detached, or a detach was interrupted: attach it, finish that, or rename it.';
  END IF;

  SELECT a.attname INTO STRICT control
    FROM pg_partitioned_table p
    JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
   WHERE p.partrelid = parent;
  -- A partitioned table has no storage of its own: what an operator set on the newest partition goes on.
  SELECT c.reloptions, t.spcname INTO sibling
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind = 'r'
    LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
   WHERE i.inhparent = parent
   ORDER BY c.oid DESC LIMIT 1;

  EXECUTE pg_catalog.format('CREATE TABLE %I (LIKE %I INCLUDING ALL)%s', child, p_table,
                 CASE WHEN sibling.spcname IS NOT NULL THEN pg_catalog.format(' TABLESPACE %I', sibling.spcname) END);
  -- A superuser may call this: the set's owner has to maintain the partition.
  EXECUTE pg_catalog.format('ALTER TABLE %I OWNER TO %s', child,
    (SELECT relowner::regrole FROM pg_class WHERE oid = parent));
  FOR item IN SELECT option_name, option_value FROM pg_catalog.pg_options_to_table(sibling.reloptions) LOOP
    EXECUTE pg_catalog.format('ALTER TABLE %I SET (%s = %L)', child, item.option_name, item.option_value);
  END LOOP;
  EXECUTE pg_catalog.format('ALTER TABLE %I ADD CONSTRAINT %I CHECK (%I >= %L AND %I < %L)',
                 child, child || '_bounds', control, first_day::timestamptz, control, next_day::timestamptz);
  EXECUTE pg_catalog.format('COMMENT ON TABLE %I IS %L', child,
                 pg_catalog.format('Partition of %s for %s (UTC)', p_table, pg_catalog.to_char(first_day, 'YYYY-MM')));
  PERFORM daybook_equip_partition(p_table, child);
  EXECUTE pg_catalog.format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                 p_table, child, first_day::timestamptz, next_day::timestamptz);
  -- From here on the partition bound says the same, and every row would be checked twice.
  EXECUTE pg_catalog.format('ALTER TABLE %I DROP CONSTRAINT %I', child, child || '_bounds');
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason)
  VALUES ('create', p_table, child, pg_catalog.quote_ident(child)::regclass,
          pg_catalog.format('month %s had no partition', pg_catalog.to_char(first_day, 'YYYY-MM')));
  RETURN child;
END $$;

COMMENT ON FUNCTION daybook_create_partition IS 'Name of the partition for a month, made if need be, whatever the policy says. Call it in a transaction of its own; SQLSTATE 55P03 means try again';
REVOKE ALL ON FUNCTION daybook_create_partition FROM PUBLIC;
