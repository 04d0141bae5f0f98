-- Monthly partitions: how far they reach, and the functions that make them.
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE TABLE partition_policies (
  table_name       text COLLATE "C" PRIMARY KEY,
  months_ahead     integer NOT NULL CHECK (months_ahead BETWEEN 1 AND 24),
  retention_months integer NOT NULL CHECK (retention_months BETWEEN 1 AND 1200)
);

COMMENT ON TABLE partition_policies IS 'Window of months for which a partitioned table takes rows';
COMMENT ON COLUMN partition_policies.table_name IS 'Partitioned table in this schema';
COMMENT ON COLUMN partition_policies.months_ahead IS 'Partitions kept ready after the current month, months';
COMMENT ON COLUMN partition_policies.retention_months IS 'Full months kept before the current one, months';

INSERT INTO partition_policies (table_name, months_ahead, retention_months) VALUES
  ('audit_logs', 3, 72),  -- HIPAA keeps documentation for six years
  ('invocations', 3, 13),
  ('rejected_records', 3, 3),
  ('ingest_batches', 3, 13);

-- By bounds, not by name: a set that another tool began may be named otherwise.
CREATE FUNCTION daybook_partition_of(p_table text, p_month date) RETURNS text
LANGUAGE sql STABLE SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' AS $$
  SELECT c.relname::text
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
   WHERE i.inhparent = quote_ident(p_table)::regclass AND NOT i.inhdetachpending
     AND pg_get_expr(c.relpartbound, c.oid)
         = format('FOR VALUES FROM (%L) TO (%L)', date_trunc('month', p_month::timestamptz)::text,
                  (date_trunc('month', p_month::timestamptz) + interval '1 month')::text)
$$;
COMMENT ON FUNCTION daybook_partition_of IS 'Name of the partition that holds a month (UTC), or null';

-- ATTACH waits for nobody who writes to the other partitions; CREATE TABLE … PARTITION OF would block them.
CREATE FUNCTION daybook_create_partition(p_table text, p_month date) RETURNS text
LANGUAGE plpgsql
SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET lock_timeout = '3s' AS $$
DECLARE
  first_day date := date_trunc('month', p_month)::date;
  next_day date := (first_day + interval '1 month')::date;
  parent regclass := quote_ident(p_table)::regclass;
  control name;
  child text := p_table || '_p' || to_char(first_day, 'YYYYMMDD');
  existing text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('daybook_create_partition', parent::oid::bigint));
  existing := daybook_partition_of(p_table, p_month);
  IF existing IS NOT NULL THEN
    RETURN existing;
  END IF;
  IF to_regclass(quote_ident(child)) IS NOT NULL THEN
    RAISE EXCEPTION 'table % exists and is not the partition of % for %', child, p_table, first_day
      USING ERRCODE = 'duplicate_table',
            HINT = 'It was detached, or a detach was interrupted: attach it, finish that, or rename it.';
  END IF;

  SELECT a.attname INTO STRICT control
    FROM pg_partitioned_table p
    JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
   WHERE p.partrelid = parent;
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, p_table);
  EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I CHECK (%I >= %L AND %I < %L)',
                 child, child || '_bounds', control, first_day::timestamptz, control, next_day::timestamptz);
  EXECUTE format('COMMENT ON TABLE %I IS %L', child,
                 format('Partition of %s for %s (UTC)', p_table, to_char(first_day, 'YYYY-MM')));
  IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = parent AND tgname = 'refuse_truncate') THEN
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT'
                   ' EXECUTE FUNCTION daybook_refuse_change()', child);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_truncate', child);
  END IF;
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                 p_table, child, first_day::timestamptz, next_day::timestamptz);
  -- From here on the partition bound says the same, and every row would be checked twice.
  EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', child, child || '_bounds');
  RETURN child;
END $$;
COMMENT ON FUNCTION daybook_create_partition IS 'Name of the partition for a month, made if need be, whatever the policy says. Call it in a transaction of its own; SQLSTATE 55P03 means try again';

-- Runs as app_owner, so that ingest can have a month of the window without the right to make tables.
CREATE FUNCTION daybook_ensure_partition(p_table text, p_month date) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  policy partition_policies;
  first_day date := date_trunc('month', p_month)::date;
  this_month date := date_trunc('month', now())::date;
  existing text := daybook_partition_of(p_table, p_month);
BEGIN
  SELECT * INTO policy FROM partition_policies WHERE table_name = p_table;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'table % has no row in partition_policies', p_table
      USING ERRCODE = 'undefined_object';
  END IF;
  -- A month outside of the window that somebody made a partition for is wanted, for instance to backfill.
  IF existing IS NOT NULL THEN
    RETURN existing;
  END IF;
  IF first_day < this_month - make_interval(months => policy.retention_months)
     OR first_day > this_month + make_interval(months => policy.months_ahead) THEN
    RETURN NULL;
  END IF;
  RETURN daybook_create_partition(p_table, p_month);
END $$;
COMMENT ON FUNCTION daybook_ensure_partition IS 'Name of the partition for a month, made if need be; null when there is none and the month is outside of the policy''s window. Call it in a transaction of its own; SQLSTATE 55P03 means try again';

CREATE FUNCTION daybook_ensure_runway() RETURNS TABLE (table_name text, month date, partition_name text)
LANGUAGE sql SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
  SELECT p.table_name, m.month::date, daybook_ensure_partition(p.table_name, m.month::date)
  FROM partition_policies p,
       LATERAL generate_series(date_trunc('month', now()) - interval '1 month',
                               date_trunc('month', now()) + make_interval(months => p.months_ahead),
                               interval '1 month') AS m(month)
  ORDER BY p.table_name, m.month
$$;
COMMENT ON FUNCTION daybook_ensure_runway IS 'Makes the partitions of every policy from last month to months_ahead';

REVOKE ALL ON FUNCTION daybook_partition_of, daybook_create_partition, daybook_ensure_partition,
  daybook_ensure_runway FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_ensure_partition, daybook_ensure_runway TO app_write, app_maintain;
GRANT SELECT ON partition_policies TO app_write, app_read, app_maintain, app_audit_read;

SELECT * FROM daybook_ensure_runway();
