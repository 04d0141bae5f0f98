-- Archives, held tables and what was dropped stay as they are; the journal and the holds go.
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

DO $$
BEGIN
  IF EXISTS (SELECT FROM legal_holds WHERE released_at IS NULL) THEN
    RAISE EXCEPTION 'there are active legal holds' USING HINT = 'Release them first: daybook hold list.';
  END IF;
  IF EXISTS (SELECT FROM partition_retirements WHERE state <> 'dropped') THEN
    RAISE EXCEPTION 'expired partitions are on their way out' USING HINT = 'Let daybook maintain finish first.';
  END IF;
END $$;

DROP TRIGGER journal_change ON partition_policies;
REVOKE SELECT (rejected_at, table_name, reason) ON rejected_records FROM app_read;
DROP FUNCTION daybook_drop_retired_partition(bigint);
DROP FUNCTION daybook_drop_empty_default(text, text);
DROP FUNCTION daybook_begin_retirement(text, text, text);
DROP FUNCTION daybook_mark_detached(bigint);
DROP FUNCTION daybook_revoke_detached(bigint);
DROP FUNCTION daybook_record_archive(bigint, jsonb, text, bigint, jsonb, bytea);
DROP FUNCTION daybook_record_verified(bigint, bytea);
DROP FUNCTION daybook_record_shipped(bigint);
DROP FUNCTION daybook_restart_archive(bigint, text);
DROP FUNCTION daybook_retirement(bigint, text);
DROP FUNCTION daybook_cancel_retirement(bigint, text);
DROP FUNCTION daybook_check_held_table(text);
DROP FUNCTION daybook_carve_held_rows(text, text, timestamptz, timestamptz);
DROP FUNCTION daybook_release_held_rows(text, integer);
DROP INDEX sessions_revocation;
DROP FUNCTION daybook_partition_totals(text, text);
DROP FUNCTION daybook_partition_checksum(text);

CREATE OR REPLACE FUNCTION daybook_create_partition(p_table text, p_month date) RETURNS text
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

CREATE OR REPLACE FUNCTION daybook_ensure_partition(p_table text, p_month date) RETURNS text
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

DROP FUNCTION daybook_equip_partition(text, text);
DROP TABLE legal_holds;
DROP FUNCTION daybook_journal_hold();
DROP FUNCTION daybook_stamp_hold();
DROP FUNCTION daybook_record_event(text, text, text, text, text, jsonb);
-- Tables of held rows outlive this migration with a trigger that refuses every change.
DO $$
DECLARE
  held record;
BEGIN
  FOR held IN SELECT tgrelid::regclass AS name FROM pg_trigger
               WHERE tgfoid = 'daybook_held_table_refuse'::regproc LOOP
    EXECUTE format('DROP TRIGGER refuse_change ON %s', held.name);
    EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %s FOR EACH ROW'
                   ' EXECUTE FUNCTION daybook_refuse_change()', held.name);
  END LOOP;
END $$;
DROP FUNCTION daybook_held_table_refuse();
DROP FUNCTION daybook_lock_holds();
DROP FUNCTION daybook_held_condition(text, timestamptz, timestamptz);
DROP TABLE maintenance_runs;
DROP TABLE partition_retirements;
DROP FUNCTION daybook_journal_policy();
DROP TABLE partition_journal;
ALTER TABLE partition_policies
  DROP COLUMN archive, DROP COLUMN no_archive_reason, DROP COLUMN archive_directory, DROP COLUMN held_rows,
  DROP COLUMN close_after_days, DROP COLUMN closed_indexes, DROP COLUMN is_managed;
COMMENT ON TABLE partition_policies IS 'Window of months for which a partitioned table takes rows';
