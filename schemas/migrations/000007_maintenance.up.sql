-- Maintenance of partitions: policies in full, a journal, legal holds, retirements, runs of jobs.
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

ALTER TABLE partition_policies
  ADD COLUMN archive           text NOT NULL DEFAULT 'required' CHECK (archive IN ('required', 'none')),
  ADD COLUMN no_archive_reason text,
  ADD COLUMN archive_directory text CHECK (archive_directory LIKE '/%'),
  ADD COLUMN held_rows         text NOT NULL DEFAULT 'keep' CHECK (held_rows IN ('keep', 'carve')),
  ADD COLUMN close_after_days  integer NOT NULL DEFAULT 7 CHECK (close_after_days BETWEEN 0 AND 366),
  ADD COLUMN closed_indexes    text[] NOT NULL DEFAULT '{}',
  ADD COLUMN is_managed        boolean NOT NULL DEFAULT true,
  ADD CHECK ((archive = 'none') = (no_archive_reason IS NOT NULL));

COMMENT ON TABLE partition_policies IS 'How each partitioned table is kept: months ready, months retained, archive, closed months; changed by daybook policy set, every change is journaled';
COMMENT ON COLUMN partition_policies.archive IS 'required: an expired partition is dropped only when its archive was verified; none: it is dropped without one, on purpose';
COMMENT ON COLUMN partition_policies.no_archive_reason IS 'Why no archive is wanted, in words';
COMMENT ON COLUMN partition_policies.archive_directory IS 'Where the maintenance host writes archives, absolute; null: its setting archive-dir';
COMMENT ON COLUMN partition_policies.held_rows IS 'An expired partition with rows under legal hold: keep it, or carve these rows into <table>_held and go on';
COMMENT ON COLUMN partition_policies.close_after_days IS 'Days after its month when a partition is frozen and gets its read indexes, days';
COMMENT ON COLUMN partition_policies.closed_indexes IS 'Read indexes of closed partitions, each as method (column [operator class], …)';
COMMENT ON COLUMN partition_policies.is_managed IS 'False while another tool maintains the table';

UPDATE partition_policies SET closed_indexes = CASE table_name
  WHEN 'audit_logs' THEN ARRAY['gin (metadata jsonb_path_ops)', 'brin (ingested_at)',
                               'btree (actor_id, occurred_at)', 'btree (request_id)']
  WHEN 'invocations' THEN ARRAY['gin (metadata jsonb_path_ops)', 'brin (ingested_at)', 'btree (user_id, occurred_at)']
  ELSE '{}' END;
-- What is kept here becomes part of a statement.
ALTER TABLE partition_policies ADD CONSTRAINT partition_policies_closed_indexes_check
  CHECK (array_to_string(closed_indexes, '; ', '')
         ~ '^((btree|brin|gin|gist|hash) \([a-z_][a-z0-9_]*( [a-z_][a-z0-9_]*)?(, [a-z_][a-z0-9_]*( [a-z_][a-z0-9_]*)?)*\)(; |$))*$');

-- Every decision about a partition, a policy or a hold.
CREATE TABLE partition_journal (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at             timestamptz NOT NULL DEFAULT clock_timestamp(),
  by             text NOT NULL DEFAULT session_user,
  action         text NOT NULL,
  table_name     text COLLATE "C",
  partition_name text COLLATE "C",
  partition_oid  oid,
  reason         text NOT NULL,
  detail         jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX partition_journal_partition ON partition_journal (table_name, partition_name);
COMMENT ON TABLE partition_journal IS 'Journal of maintenance: what was done to which partition, policy or hold, and why. Rows never change.';
COMMENT ON COLUMN partition_journal.id IS 'Order of the journal';
COMMENT ON COLUMN partition_journal.at IS 'UTC';
COMMENT ON COLUMN partition_journal.by IS 'Login role';
COMMENT ON COLUMN partition_journal.action IS 'create, detach, finalize, revoke, archive, verify, ship, drop, keep, carve, freeze, index, adopt, policy, hold, release, …';
COMMENT ON COLUMN partition_journal.table_name IS 'Partitioned table; null when it concerns all';
COMMENT ON COLUMN partition_journal.partition_name IS 'Partition; null when it concerns the table';
COMMENT ON COLUMN partition_journal.partition_oid IS 'pg_class.oid of the partition at that time';
COMMENT ON COLUMN partition_journal.reason IS 'Why, in words';
COMMENT ON COLUMN partition_journal.detail IS 'Facts by name: counts, hashes, old and new values';

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON partition_journal
  FOR EACH ROW EXECUTE FUNCTION daybook_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON partition_journal
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_change();
ALTER TABLE partition_journal ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate;
-- From now on somebody should run maintenance.
INSERT INTO partition_journal (action, reason) VALUES ('begin', 'the maintenance tables were made');

-- A trigger, so that a change by hand is journaled as well.
CREATE FUNCTION daybook_journal_policy() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO partition_journal (action, table_name, reason, detail)
  VALUES ('policy', coalesce(NEW.table_name, OLD.table_name),
          coalesce(nullif(pg_catalog.current_setting('daybook.reason', true), ''), 'no reason was given'),
          pg_catalog.jsonb_build_object('old', CASE WHEN TG_OP <> 'INSERT' THEN pg_catalog.to_jsonb(OLD) END,
                             'new', CASE WHEN TG_OP <> 'DELETE' THEN pg_catalog.to_jsonb(NEW) END));
  RETURN NULL;
END $$;
COMMENT ON FUNCTION daybook_journal_policy IS 'Trigger: journals a change of a policy with the reason in the setting daybook.reason';
CREATE TRIGGER journal_change AFTER INSERT OR UPDATE OR DELETE ON partition_policies
  FOR EACH ROW EXECUTE FUNCTION daybook_journal_policy();

-- Legal holds. A hold without tenant, table, from or to is not limited by it.
CREATE TABLE legal_holds (
  hold_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id      text COLLATE "C" CHECK (tenant_id <> ''),
  table_name     text COLLATE "C",
  held_from      timestamptz NOT NULL DEFAULT '-infinity',
  held_to        timestamptz NOT NULL DEFAULT 'infinity',
  reason         text NOT NULL CHECK (btrim(reason) <> ''),
  matter         text,
  placed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  placed_by      text NOT NULL DEFAULT session_user,
  released_at    timestamptz,
  released_by    text,
  release_reason text CHECK (btrim(release_reason) <> ''),
  CHECK (held_from < held_to),
  CHECK ((released_at IS NULL) = (released_by IS NULL)),
  CHECK ((released_at IS NULL) = (release_reason IS NULL))
);
CREATE INDEX legal_holds_active ON legal_holds (hold_id) WHERE released_at IS NULL;
COMMENT ON TABLE legal_holds IS 'Legal holds: what they cover is not dropped while they are not released. Rows are never deleted and change once, at release.';
COMMENT ON COLUMN legal_holds.hold_id IS 'Number of the hold';
COMMENT ON COLUMN legal_holds.tenant_id IS 'Held tenant; null: every tenant';
COMMENT ON COLUMN legal_holds.table_name IS 'Held table; null: every table';
COMMENT ON COLUMN legal_holds.held_from IS 'Rows from this time on, UTC';
COMMENT ON COLUMN legal_holds.held_to IS 'Rows before this time, UTC';
COMMENT ON COLUMN legal_holds.reason IS 'Why, in words';
COMMENT ON COLUMN legal_holds.matter IS 'Reference of the case, such as a docket number';
COMMENT ON COLUMN legal_holds.placed_at IS 'When it was placed, UTC';
COMMENT ON COLUMN legal_holds.placed_by IS 'Login role that placed it';
COMMENT ON COLUMN legal_holds.released_at IS 'When it was released, UTC; null: active';
COMMENT ON COLUMN legal_holds.released_by IS 'Login role that released it';
COMMENT ON COLUMN legal_holds.release_reason IS 'Why it was released, in words';

-- Expired partitions on their way out, one row each, in the order of `state`.
CREATE TABLE partition_retirements (
  retirement_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  table_name     text COLLATE "C" NOT NULL,
  partition_name text COLLATE "C" NOT NULL,
  partition_oid  oid NOT NULL,
  lower_bound    timestamptz NOT NULL,
  upper_bound    timestamptz NOT NULL,
  state          text NOT NULL DEFAULT 'detaching'
    CHECK (state IN ('detaching', 'detached', 'revoked', 'archived', 'verified', 'shipped', 'dropped')),
  reason         text NOT NULL,
  row_count      bigint,
  totals         jsonb,
  checksum       numeric,
  manifest       jsonb,
  manifest_path  text,
  content_sha256 bytea CHECK (octet_length(content_sha256) = 32),
  carved_rows    bigint NOT NULL DEFAULT 0,
  earlier        jsonb NOT NULL DEFAULT '[]',
  attempts       integer NOT NULL DEFAULT 0,
  last_error     text,
  started_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (table_name, lower_bound),
  CHECK (state IN ('detaching', 'detached') OR row_count IS NOT NULL),
  CHECK (state NOT IN ('archived', 'verified', 'shipped') OR content_sha256 IS NOT NULL)
);
COMMENT ON TABLE partition_retirements IS 'Expired partitions from detach to drop; a run that was interrupted goes on from `state`. The row of a dropped partition stays as its receipt.';
COMMENT ON COLUMN partition_retirements.retirement_id IS 'Number of the retirement';
COMMENT ON COLUMN partition_retirements.table_name IS 'Partitioned table';
COMMENT ON COLUMN partition_retirements.partition_name IS 'Name of the partition, also while it stands alone';
COMMENT ON COLUMN partition_retirements.partition_oid IS 'pg_class.oid of the partition: another table of that name is never dropped';
COMMENT ON COLUMN partition_retirements.lower_bound IS 'First moment of the partition, UTC';
COMMENT ON COLUMN partition_retirements.upper_bound IS 'First moment after it, UTC';
COMMENT ON COLUMN partition_retirements.state IS 'What has been done: detaching (decided), detached, revoked (no one but the owner has rights, rows were counted), archived, verified (the archive was read back), shipped (archive_command), dropped';
COMMENT ON COLUMN partition_retirements.reason IS 'Why it expired';
COMMENT ON COLUMN partition_retirements.row_count IS 'Rows, counted when it stood alone';
COMMENT ON COLUMN partition_retirements.totals IS 'Sums that audits need once the rows are gone (daybook_partition_totals)';
COMMENT ON COLUMN partition_retirements.checksum IS 'Of all rows when it stood alone (daybook_partition_checksum)';
COMMENT ON COLUMN partition_retirements.manifest IS 'The archive''s manifest';
COMMENT ON COLUMN partition_retirements.manifest_path IS 'Where the manifest was written on the maintenance host';
COMMENT ON COLUMN partition_retirements.content_sha256 IS 'SHA-256 (32 bytes) of the archived content';
COMMENT ON COLUMN partition_retirements.carved_rows IS 'Rows under legal hold that were copied into <table>_held';
COMMENT ON COLUMN partition_retirements.earlier IS 'Receipts of earlier retirements of the same month, which somebody made again: partition_oid, row_count, totals, manifest_path, content_sha256, carved_rows, dropped_at';
COMMENT ON COLUMN partition_retirements.attempts IS 'Failed attempts in the present state';
COMMENT ON COLUMN partition_retirements.last_error IS 'Why the last attempt failed';
COMMENT ON COLUMN partition_retirements.started_at IS 'When it was decided, UTC';
COMMENT ON COLUMN partition_retirements.updated_at IS 'When state changed last, UTC';

-- Revoked sessions are removed some time after; those that expired have an index.
CREATE INDEX sessions_revocation ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;

-- One row a job a run.
CREATE TABLE maintenance_runs (
  run_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job         text NOT NULL,
  owner       text NOT NULL,
  started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  outcome     text NOT NULL DEFAULT 'running' CHECK (outcome IN ('running', 'success', 'failure', 'deadline')),
  actions     integer NOT NULL DEFAULT 0,
  message     text,
  CHECK ((outcome = 'running') = (finished_at IS NULL))
);
CREATE INDEX maintenance_runs_job ON maintenance_runs (job, started_at);
COMMENT ON TABLE maintenance_runs IS 'Runs of daybook maintain, one row a job; a row that stays running was interrupted';
COMMENT ON COLUMN maintenance_runs.run_id IS 'Number of the run';
COMMENT ON COLUMN maintenance_runs.job IS 'create, retain, close, purge_sessions, release_held or report';
COMMENT ON COLUMN maintenance_runs.owner IS 'Process that ran it: host:pid';
COMMENT ON COLUMN maintenance_runs.started_at IS 'UTC';
COMMENT ON COLUMN maintenance_runs.finished_at IS 'UTC';
COMMENT ON COLUMN maintenance_runs.outcome IS 'running, success, failure, or deadline (ended because it took too long)';
COMMENT ON COLUMN maintenance_runs.actions IS 'What it did, a count';
COMMENT ON COLUMN maintenance_runs.message IS 'What it did, or why it failed, in words';

-- What neither LIKE nor ATTACH gives to a partition.
CREATE FUNCTION daybook_equip_partition(p_table text, p_partition text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  parent regclass := pg_catalog.quote_ident(p_table)::regclass;
  item record;
BEGIN
  FOR item IN
    SELECT a.privilege_type, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(r.rolname) END AS grantee
      FROM pg_class c, pg_catalog.aclexplode(c.relacl) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
     WHERE c.oid = parent AND a.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('GRANT %s ON %I TO %s', item.privilege_type, p_partition, item.grantee);
  END LOOP;
  -- Row triggers come with ATTACH; bit 5 of tgtype is TRUNCATE.
  FOR item IN
    SELECT tgname, tgfoid::regproc AS call, tgenabled FROM pg_trigger
     WHERE tgrelid = parent AND NOT tgisinternal AND tgtype & 32 <> 0
  LOOP
    EXECUTE pg_catalog.format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION %s()',
                   item.tgname, p_partition, item.call);
    IF item.tgenabled = 'A' THEN
      EXECUTE pg_catalog.format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', p_partition, item.tgname);
    END IF;
  END LOOP;
END $$;
COMMENT ON FUNCTION daybook_equip_partition IS 'Gives a table that becomes a partition the rights and the TRUNCATE triggers of its parent';

-- As in migration 5, and: rights, TRUNCATE triggers, storage parameters and tablespace are those of the set.
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
  EXECUTE pg_catalog.format('ALTER TABLE %I OWNER TO %s', child, (SELECT relowner::regrole FROM pg_class WHERE oid = parent));
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

-- As in migration 5, and: a month that was retired stays away, or its records could be stored twice.
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

-- What an audit needs to know of a partition when its rows are gone.
-- Here and below, row_security = off: policies that hide rows from the owner are an error, not a smaller count.
CREATE FUNCTION daybook_partition_totals(p_table text, p_partition text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT SET timezone = 'UTC' SET row_security = off AS $$
DECLARE
  result jsonb;
BEGIN
  CASE p_table
  WHEN 'invocations' THEN
    EXECUTE pg_catalog.format($sql$
      SELECT pg_catalog.jsonb_build_object('rows', coalesce(pg_catalog.sum(n), 0), 'costs',
               coalesce(pg_catalog.jsonb_object_agg(currency, cost::text) FILTER (WHERE currency IS NOT NULL), '{}'))
        FROM (SELECT CASE WHEN cost IS NOT NULL THEN currency END AS currency, pg_catalog.count(*) AS n, pg_catalog.sum(cost) AS cost
                FROM ONLY %I GROUP BY 1) AS sums $sql$, p_partition) INTO result;
  WHEN 'rejected_records' THEN
    EXECUTE pg_catalog.format($sql$
      SELECT pg_catalog.jsonb_build_object('rows', coalesce(pg_catalog.sum(n), 0), 'tables', coalesce(pg_catalog.jsonb_object_agg(table_name, n), '{}'))
        FROM (SELECT table_name, pg_catalog.count(*) AS n FROM ONLY %I GROUP BY 1) AS sums $sql$, p_partition) INTO result;
  WHEN 'ingest_batches' THEN
    EXECUTE pg_catalog.format($sql$
      WITH spans AS (
        SELECT b.committed_at, s.* FROM ONLY %I b, pg_catalog.jsonb_to_recordset(b.spans) AS s(cluster text, topic text, partition integer,
          "from" bigint, next bigint, "table" text, seen bigint, stored bigint, duplicates bigint,
          rejected bigint, gaps bigint))
      SELECT pg_catalog.jsonb_build_object('rows', (SELECT pg_catalog.count(*) FROM ONLY %I),
        'tables', (SELECT coalesce(pg_catalog.jsonb_object_agg(t."table", pg_catalog.to_jsonb(t) - 'table'), '{}') FROM (
            SELECT "table", pg_catalog.sum(seen) AS seen, pg_catalog.sum(stored) AS stored, pg_catalog.sum(duplicates) AS duplicates,
                   pg_catalog.sum(rejected) AS rejected, pg_catalog.sum(gaps) AS gaps FROM spans GROUP BY 1) AS t),
        'positions', (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(p)), '[]') FROM (
            -- The last span in time, not the highest offset: an operator may have set a partition back.
            SELECT cluster, topic, partition, pg_catalog.min("from") FILTER (WHERE is_first) AS "from",
                   pg_catalog.min(next) FILTER (WHERE is_last) AS next, pg_catalog.min(committed_at) AS first_at,
                   pg_catalog.max(committed_at) AS last_at, pg_catalog.sum(next - "from") AS offsets, pg_catalog.sum(seen) AS seen, pg_catalog.sum(gaps) AS gaps
              FROM (SELECT *, pg_catalog.row_number() OVER w = 1 AS is_first, pg_catalog.lead(true) OVER w IS NULL AS is_last FROM spans
                    WINDOW w AS (PARTITION BY cluster, topic, partition ORDER BY committed_at, "from")) AS ordered
             GROUP BY 1, 2, 3) AS p)) $sql$, p_partition, p_partition) INTO result;
  ELSE
    EXECUTE pg_catalog.format('SELECT pg_catalog.jsonb_build_object(''rows'', pg_catalog.count(*)) FROM ONLY %I', p_partition) INTO result;
  END CASE;
  RETURN result;
END $$;
COMMENT ON FUNCTION daybook_partition_totals IS 'Row count of a partition, with the sums that daybook audit carries forward once it is dropped';

-- Whatever the order of the rows: a change of any value changes the sum.
CREATE FUNCTION daybook_partition_checksum(p_partition text) RETURNS numeric
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET intervalstyle = 'iso_8601'
SET bytea_output = 'hex' SET extra_float_digits = 1 SET row_security = off AS $$
DECLARE
  result numeric;
BEGIN
  EXECUTE pg_catalog.format('SELECT coalesce(pg_catalog.sum(pg_catalog.hashtextextended(r::text, 0)::numeric), 0) FROM ONLY %I AS r', p_partition)
    INTO result;
  RETURN result;
END $$;
COMMENT ON FUNCTION daybook_partition_checksum IS 'Sum of a 64-bit hash of every row, to notice changes of a partition that stands alone; no protection against a forger';

-- The condition that a row is under an active hold, as SQL text; null when no hold concerns the range. Rows of a
-- table without tenant_id may belong to anybody, so a hold on a tenant covers them all.
CREATE FUNCTION daybook_held_condition(p_table text, p_from timestamptz, p_to timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' AS $$
  SELECT pg_catalog.string_agg(pg_catalog.format('(%s)', pg_catalog.concat_ws(' AND ', 'true',
           CASE WHEN has_tenant.yes AND h.tenant_id IS NOT NULL THEN pg_catalog.format('tenant_id = %L', h.tenant_id) END,
           CASE WHEN control.attname IS NOT NULL THEN
             pg_catalog.format('%I >= %L AND %I < %L', control.attname, greatest(h.held_from, p_from),
                    control.attname, least(h.held_to, p_to)) END)), ' OR ' ORDER BY h.hold_id)
  FROM legal_holds h
  -- Without a column to compare (partitioned by an expression) the whole range is held, not nothing.
  LEFT JOIN (SELECT a.attname FROM pg_partitioned_table p
               JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
              WHERE p.partrelid = pg_catalog.quote_ident(p_table)::regclass) AS control ON true,
       (SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_catalog.quote_ident(p_table)::regclass
                          AND attname = 'tenant_id' AND NOT attisdropped) AS yes) AS has_tenant
  WHERE h.released_at IS NULL AND (h.table_name IS NULL OR h.table_name = p_table)
    AND h.held_from < p_to AND h.held_to > p_from
$$;
COMMENT ON FUNCTION daybook_held_condition IS 'SQL condition of the rows of a range of a table that active legal holds cover; null when there are none';

-- From here to the end of the transaction nobody places a hold. A transaction whose snapshot is older than the lock
-- would not see one that was placed while it waited.
CREATE FUNCTION daybook_lock_holds() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF pg_catalog.current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
    RAISE EXCEPTION 'legal holds cannot be looked up at isolation level %', pg_catalog.current_setting('transaction_isolation')
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Use READ COMMITTED.';
  END IF;
  LOCK TABLE legal_holds IN SHARE MODE;
END $$;
COMMENT ON FUNCTION daybook_lock_holds IS 'Keeps legal_holds as it is until the transaction ends; refuses isolation levels that would not see the newest hold';

CREATE FUNCTION daybook_held_table_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  held text;
  is_held boolean := false;
BEGIN
  IF TG_OP <> 'DELETE' THEN
    RAISE EXCEPTION '% of % is not allowed: its rows never change', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege', HINT = 'Release the hold; maintenance then removes the rows.';
  END IF;
  PERFORM daybook_lock_holds();
  held := daybook_held_condition(TG_ARGV[0], '-infinity', 'infinity');
  IF held IS NOT NULL THEN
    EXECUTE pg_catalog.format('SELECT %s FROM (SELECT ($1).*) AS r', held) USING OLD INTO is_held;
  END IF;
  IF is_held THEN
    RAISE EXCEPTION 'a row of % is under legal hold', TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege', HINT = 'Release the hold first: daybook hold list.';
  END IF;
  RETURN OLD;
END $$;
COMMENT ON FUNCTION daybook_held_table_refuse IS 'Trigger of <table>_held: rows never change, and leave only when no hold covers them';

-- A table may be called like that for other reasons: ours has our trigger.
CREATE FUNCTION daybook_check_held_table(p_table text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_catalog.to_regclass(pg_catalog.quote_ident(p_table || '_held'))
                    AND tgfoid = 'daybook_held_table_refuse'::regproc) THEN
    RAISE EXCEPTION 'table %_held is not one that Daybook made for rows under legal hold', p_table
      USING ERRCODE = 'duplicate_table', HINT = 'Rename it.';
  END IF;
END $$;
COMMENT ON FUNCTION daybook_check_held_table IS 'Raises when <table>_held is not the table of held rows';

-- Copies the held rows of a partition that stands alone into <table>_held; how many there are.
CREATE FUNCTION daybook_carve_held_rows(p_table text, p_partition text, p_from timestamptz, p_to timestamptz)
RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY'
SET intervalstyle = 'iso_8601' SET bytea_output = 'hex' SET extra_float_digits = 1 SET row_security = off AS $$
DECLARE
  held text := daybook_held_condition(p_table, p_from, p_to);
  target text := p_table || '_held';
  control name;
  columns text;
  is_there text;
  item record;
  wanted bigint;
  present bigint;
BEGIN
  IF held IS NULL THEN
    RETURN 0;
  END IF;
  SELECT a.attname INTO STRICT control
    FROM pg_partitioned_table p
    JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
   WHERE p.partrelid = pg_catalog.quote_ident(p_table)::regclass;
  IF pg_catalog.to_regclass(pg_catalog.quote_ident(target)) IS NULL THEN
    -- Without keys: a month that was made again may have another row under the key of one that was carved before.
    EXECUTE pg_catalog.format('CREATE TABLE %I (LIKE %I INCLUDING COMMENTS INCLUDING STORAGE INCLUDING COMPRESSION)', target, p_table);
    EXECUTE pg_catalog.format('ALTER TABLE %I OWNER TO %s', target,
                   (SELECT relowner::regrole FROM pg_class WHERE oid = pg_catalog.quote_ident(p_table)::regclass));
    EXECUTE pg_catalog.format('CREATE INDEX ON %I (%I)', target, control);
    EXECUTE pg_catalog.format('COMMENT ON TABLE %I IS %L', target,
                   pg_catalog.format('Rows of dropped partitions of %s that are under legal hold', p_table));
    EXECUTE pg_catalog.format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %I FOR EACH ROW'
                   ' EXECUTE FUNCTION daybook_held_table_refuse(%L)', target, p_table);
    EXECUTE pg_catalog.format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT'
                   ' EXECUTE FUNCTION daybook_refuse_change()', target);
    EXECUTE pg_catalog.format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate', target);
    EXECUTE pg_catalog.format('GRANT SELECT ON %I TO app_audit_read', target);
  END IF;
  PERFORM daybook_check_held_table(p_table);
  -- The held table may be older or younger than a change of the columns.
  FOR item IN
    SELECT coalesce(p.attname, t.attname) AS name, pg_catalog.format_type(p.atttypid, p.atttypmod) AS type, t.attname IS NULL AS is_new
      FROM (SELECT * FROM pg_attribute WHERE attrelid = pg_catalog.quote_ident(p_partition)::regclass
               AND attnum > 0 AND NOT attisdropped) AS p
      FULL JOIN (SELECT * FROM pg_attribute WHERE attrelid = pg_catalog.quote_ident(target)::regclass
                    AND attnum > 0 AND NOT attisdropped) AS t USING (attname)
     WHERE t.attname IS NULL OR p.attname IS NULL AND t.attnotnull
  LOOP
    EXECUTE CASE WHEN item.is_new THEN pg_catalog.format('ALTER TABLE %I ADD COLUMN %I %s', target, item.name, item.type)
                 ELSE pg_catalog.format('ALTER TABLE %I ALTER COLUMN %I DROP NOT NULL', target, item.name) END;
  END LOOP;
  SELECT pg_catalog.string_agg(pg_catalog.quote_ident(attname), ', ' ORDER BY attnum),
         pg_catalog.format('EXISTS (SELECT FROM %I AS t WHERE t.%I = p.%I AND ROW(%s)::text = ROW(%s)::text)', target, control, control,
                pg_catalog.string_agg('t.' || pg_catalog.quote_ident(attname), ', ' ORDER BY attnum),
                pg_catalog.string_agg('p.' || pg_catalog.quote_ident(attname), ', ' ORDER BY attnum))
    INTO columns, is_there
    FROM pg_attribute WHERE attrelid = pg_catalog.quote_ident(p_partition)::regclass AND attnum > 0 AND NOT attisdropped;
  EXECUTE pg_catalog.format('SELECT pg_catalog.count(*) FROM ONLY %I WHERE %s', p_partition, held) INTO wanted;
  -- A month that was retired and made again may have been carved before: what is there already stays, once.
  EXECUTE pg_catalog.format('INSERT INTO %I (%s) SELECT %s FROM ONLY %I AS p WHERE (%s) AND NOT %s',
                 target, columns, columns, p_partition, held, is_there);
  EXECUTE pg_catalog.format('SELECT pg_catalog.count(*) FROM ONLY %I AS p WHERE (%s) AND %s', p_partition, held, is_there) INTO present;
  IF present <> wanted THEN
    RAISE EXCEPTION '% holds % of the % held rows of %', target, present, wanted, p_partition
      USING ERRCODE = 'data_exception', HINT = 'Nothing was changed: compare the two tables.';
  END IF;
  RETURN wanted;
END $$;
COMMENT ON FUNCTION daybook_carve_held_rows IS 'Copies the rows under legal hold into <table>_held and proves that each is there';

-- The way back from <table>_held; no hold can be placed between the look and the removal.
CREATE FUNCTION daybook_release_held_rows(p_table text, p_rows integer) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' AS $$
DECLARE
  source text := p_table || '_held';
  removed bigint;
BEGIN
  PERFORM daybook_check_held_table(p_table);
  PERFORM daybook_lock_holds();
  EXECUTE pg_catalog.format('DELETE FROM %I WHERE ctid = ANY (ARRAY(SELECT ctid FROM %I WHERE (%s) IS NOT TRUE LIMIT %s))',
                 source, source, coalesce(daybook_held_condition(p_table, '-infinity', 'infinity'), 'false'), p_rows);
  GET DIAGNOSTICS removed = ROW_COUNT;
  IF removed > 0 THEN
    INSERT INTO partition_journal (action, table_name, reason, detail)
    VALUES ('release_rows', p_table, 'no active hold covers these rows any more',
            pg_catalog.jsonb_build_object('rows', removed, 'from', source));
  END IF;
  RETURN removed;
END $$;
COMMENT ON FUNCTION daybook_release_held_rows IS 'Removes up to so many rows of <table>_held that no active hold covers; how many. Call it in a transaction of its own until it removes fewer';

-- Retirement, step by step. Each function looks at what must be true before it moves the state on, so that a run that
-- was killed anywhere is repeated without harm.
CREATE FUNCTION daybook_begin_retirement(p_table text, p_partition text, p_reason text) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET row_security = off AS $$
DECLARE
  child record;
  policy partition_policies;
  held text;
  is_held boolean := false;
  result bigint;
BEGIN
  PERFORM daybook_lock_holds();
  SELECT c.oid, c.relkind, bounds[1]::timestamptz AS lower, bounds[2]::timestamptz AS upper INTO child
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid,
         pg_catalog.regexp_match(pg_catalog.pg_get_expr(c.relpartbound, c.oid), '^FOR VALUES FROM \(''([^'']+)''\) TO \(''([^'']+)''\)$') AS bounds
   WHERE i.inhparent = pg_catalog.quote_ident(p_table)::regclass AND c.oid = pg_catalog.quote_ident(p_partition)::regclass;
  IF child.lower IS NULL OR child.upper IS NULL THEN
    RAISE EXCEPTION '% is not a partition of % with two bounds', p_partition, p_table
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  IF child.relkind <> 'r' THEN
    RAISE EXCEPTION 'partition % is no plain table', p_partition
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Partitions with partitions of their own, and foreign tables, are archived and dropped by hand.';
  END IF;
  SELECT * INTO STRICT policy FROM partition_policies WHERE table_name = p_table;
  IF child.upper > pg_catalog.date_trunc('month', pg_catalog.now()) - pg_catalog.make_interval(months => policy.retention_months) THEN
    RAISE EXCEPTION 'partition % has not expired', p_partition
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = pg_catalog.format('%s keeps %s months: it expires later.', p_table, policy.retention_months);
  END IF;
  held := daybook_held_condition(p_table, child.lower, child.upper);
  IF held IS NOT NULL AND policy.held_rows = 'keep' THEN
    EXECUTE pg_catalog.format('SELECT EXISTS (SELECT FROM ONLY %I WHERE %s)', p_partition, held) INTO is_held;
  END IF;
  IF is_held THEN
    RAISE EXCEPTION 'partition % holds rows under legal hold', p_partition
      USING ERRCODE = 'DB002', HINT = 'It is kept until the hold is released: daybook hold list.';
  END IF;
  INSERT INTO partition_retirements (table_name, partition_name, partition_oid, lower_bound, upper_bound, reason)
  VALUES (p_table, p_partition, child.oid, child.lower, child.upper, p_reason)
  ON CONFLICT (table_name, lower_bound) DO UPDATE
    SET state = 'detaching', partition_name = excluded.partition_name, partition_oid = excluded.partition_oid,
        upper_bound = excluded.upper_bound, reason = excluded.reason, row_count = NULL, totals = NULL,
        checksum = NULL, manifest = NULL, manifest_path = NULL, content_sha256 = NULL, carved_rows = 0, attempts = 0,
        last_error = NULL, started_at = pg_catalog.clock_timestamp(), updated_at = pg_catalog.clock_timestamp(),
        earlier = CASE WHEN partition_retirements.state = 'detaching' THEN partition_retirements.earlier
                       ELSE partition_retirements.earlier || pg_catalog.jsonb_build_object(
          'partition_oid', partition_retirements.partition_oid, 'row_count', partition_retirements.row_count,
          'totals', partition_retirements.totals, 'manifest_path', partition_retirements.manifest_path,
          'content_sha256', pg_catalog.encode(partition_retirements.content_sha256, 'hex'),
          'carved_rows', partition_retirements.carved_rows, 'dropped_at', partition_retirements.updated_at) END
    -- The month was retired before and somebody made it again: what left then is still missing from the rows. Or the
    -- retirement began in a database that this one was restored from, and its table has another oid here.
    WHERE partition_retirements.state = 'dropped'
       OR partition_retirements.state = 'detaching'
          AND NOT EXISTS (SELECT FROM pg_class WHERE oid = partition_retirements.partition_oid)
  RETURNING retirement_id INTO result;
  IF result IS NULL THEN
    RAISE EXCEPTION 'partition % is already on its way out', p_partition
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason)
  VALUES ('detach', p_table, p_partition, child.oid, p_reason);
  RETURN result;
END $$;
COMMENT ON FUNCTION daybook_begin_retirement IS 'Decides that an expired partition goes (state detaching), unless it has held rows that the policy keeps (SQLSTATE DB002); number of the retirement. DETACH PARTITION CONCURRENTLY comes next';

CREATE FUNCTION daybook_retirement(p_retirement bigint, p_state text) RETURNS partition_retirements
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  r partition_retirements;
BEGIN
  SELECT * INTO r FROM partition_retirements WHERE retirement_id = p_retirement FOR UPDATE;
  IF r.state IS DISTINCT FROM p_state THEN
    RAISE EXCEPTION 'retirement % is %, not %', p_retirement, coalesce(r.state, 'not there'), p_state
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Another run went on with it: look at daybook partitions list.';
  END IF;
  IF pg_catalog.to_regclass(pg_catalog.quote_ident(r.partition_name))::oid IS DISTINCT FROM r.partition_oid THEN
    RAISE EXCEPTION 'table % is not the partition whose retirement began', r.partition_name
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Find out who replaced or removed it.';
  END IF;
  IF EXISTS (SELECT FROM pg_inherits WHERE inhrelid = r.partition_oid) THEN
    RAISE EXCEPTION 'partition % is still attached', r.partition_name
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Detach it, or finalize an interrupted detach.';
  END IF;
  RETURN r;
END $$;
COMMENT ON FUNCTION daybook_retirement IS 'The retirement, locked, if it is in this state and its table stands alone';

CREATE FUNCTION daybook_mark_detached(p_retirement bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM daybook_retirement(p_retirement, 'detaching');
  UPDATE partition_retirements SET state = 'detached', attempts = 0, last_error = NULL, updated_at = pg_catalog.clock_timestamp()
   WHERE retirement_id = p_retirement;
END $$;
COMMENT ON FUNCTION daybook_mark_detached IS 'detaching → detached, if the partition stands alone';

-- A detached table loses the triggers that it had as a partition: nobody keeps a right on it, the triggers come
-- back, and its rows are counted.
CREATE FUNCTION daybook_revoke_detached(p_retirement bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET lock_timeout = '3s' AS $$
DECLARE
  r partition_retirements := daybook_retirement(p_retirement, 'detached');
  sums jsonb;
  grantee text;
BEGIN
  EXECUTE pg_catalog.format('LOCK TABLE ONLY %I IN ACCESS EXCLUSIVE MODE', r.partition_name);
  FOR grantee IN
    SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
      FROM pg_class c, pg_catalog.aclexplode(c.relacl) AS a WHERE c.oid = r.partition_oid AND a.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON TABLE %I FROM %s CASCADE', r.partition_name, grantee);
  END LOOP;
  EXECUTE pg_catalog.format('CREATE OR REPLACE TRIGGER refuse_change BEFORE INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW'
                 ' EXECUTE FUNCTION daybook_refuse_change()', r.partition_name);
  EXECUTE pg_catalog.format('CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT'
                 ' EXECUTE FUNCTION daybook_refuse_change()', r.partition_name);
  EXECUTE pg_catalog.format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate', r.partition_name);
  sums := daybook_partition_totals(r.table_name, r.partition_name);
  UPDATE partition_retirements
     SET state = 'revoked', row_count = (sums->>'rows')::bigint, totals = sums,
         checksum = daybook_partition_checksum(r.partition_name), attempts = 0, last_error = NULL,
         updated_at = pg_catalog.clock_timestamp()
   WHERE retirement_id = p_retirement;
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason, detail)
  VALUES ('revoke', r.table_name, r.partition_name, r.partition_oid, 'it stands alone, and its rows were counted', sums);
END $$;
COMMENT ON FUNCTION daybook_revoke_detached IS 'detached → revoked: takes every right away, refuses changes, counts the rows. SQLSTATE 55P03 means try again';

CREATE FUNCTION daybook_record_archive(p_retirement bigint, p_manifest jsonb, p_path text, p_rows bigint,
                                       p_costs jsonb, p_content_sha256 bytea) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  r partition_retirements := daybook_retirement(p_retirement, 'revoked');
BEGIN
  IF p_rows IS DISTINCT FROM r.row_count THEN
    RAISE EXCEPTION 'the archive of % has % rows, the table %', r.partition_name, p_rows, r.row_count
      USING ERRCODE = 'data_exception', HINT = 'Nothing is dropped: export it again.';
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.jsonb_each_text(coalesce(r.totals->'costs', '{}')) AS t(currency, cost)
               FULL JOIN pg_catalog.jsonb_each_text(coalesce(p_costs, '{}')) AS a(currency, cost) USING (currency)
              -- A currency of which no cost is known is a sum of nothing in one of them, and absent in the other.
              WHERE coalesce(t.cost::numeric, 0) <> coalesce(a.cost::numeric, 0)) THEN
    RAISE EXCEPTION 'the costs in the archive of % are not those of the table', r.partition_name
      USING ERRCODE = 'data_exception', HINT = 'Nothing is dropped: export it again.';
  END IF;
  UPDATE partition_retirements
     SET state = 'archived', manifest = p_manifest, manifest_path = p_path, content_sha256 = p_content_sha256,
         attempts = 0, last_error = NULL, updated_at = pg_catalog.clock_timestamp()
   WHERE retirement_id = p_retirement;
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason, detail)
  VALUES ('archive', r.table_name, r.partition_name, r.partition_oid, 'it was exported',
          pg_catalog.jsonb_build_object('rows', p_rows, 'costs', p_costs, 'manifest', p_path,
                             'content_sha256', pg_catalog.encode(p_content_sha256, 'hex')));
END $$;
COMMENT ON FUNCTION daybook_record_archive IS 'revoked → archived, if rows and costs are those that were counted; costs is an object of decimal strings by currency';

CREATE FUNCTION daybook_record_verified(p_retirement bigint, p_content_sha256 bytea) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  r partition_retirements := daybook_retirement(p_retirement, 'archived');
BEGIN
  IF p_content_sha256 IS DISTINCT FROM r.content_sha256 THEN
    RAISE EXCEPTION 'the file of % is not the one that was exported', r.partition_name
      USING ERRCODE = 'data_exception', HINT = 'Nothing is dropped: export it again (daybook partitions apply).';
  END IF;
  UPDATE partition_retirements SET state = 'verified', attempts = 0, last_error = NULL, updated_at = pg_catalog.clock_timestamp()
   WHERE retirement_id = p_retirement;
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason, detail)
  VALUES ('verify', r.table_name, r.partition_name, r.partition_oid, 'the archive was read back',
          pg_catalog.jsonb_build_object('content_sha256', pg_catalog.encode(p_content_sha256, 'hex')));
END $$;
COMMENT ON FUNCTION daybook_record_verified IS 'archived → verified, if what was read back is what was exported';

CREATE FUNCTION daybook_record_shipped(p_retirement bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  r partition_retirements := daybook_retirement(p_retirement, 'verified');
BEGIN
  UPDATE partition_retirements SET state = 'shipped', attempts = 0, last_error = NULL, updated_at = pg_catalog.clock_timestamp()
   WHERE retirement_id = p_retirement;
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason)
  VALUES ('ship', r.table_name, r.partition_name, r.partition_oid, 'archive_command has taken it');
END $$;
COMMENT ON FUNCTION daybook_record_shipped IS 'verified → shipped';

-- The file is gone or bad: the table is exported again, which is always possible before the drop.
CREATE FUNCTION daybook_restart_archive(p_retirement bigint, p_reason text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  r partition_retirements;
BEGIN
  SELECT * INTO r FROM partition_retirements
   WHERE retirement_id = p_retirement AND state IN ('archived', 'verified', 'shipped') FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'retirement % has no archive', p_retirement USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  UPDATE partition_retirements
     SET state = 'revoked', manifest = NULL, manifest_path = NULL, content_sha256 = NULL, updated_at = pg_catalog.clock_timestamp()
   WHERE retirement_id = p_retirement;
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason)
  VALUES ('restart', r.table_name, r.partition_name, r.partition_oid, p_reason);
END $$;
COMMENT ON FUNCTION daybook_restart_archive IS 'archived, verified or shipped → revoked, so that the partition is exported again';

-- The only way that Daybook drops a partition. What must be true is looked at here, in the same transaction.
CREATE FUNCTION daybook_drop_retired_partition(p_retirement bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' SET lock_timeout = '3s' SET row_security = off AS $$
DECLARE
  r partition_retirements;
  policy partition_policies;
  held text;
  held_rows bigint := 0;
  rows_now bigint;
BEGIN
  SELECT * INTO r FROM partition_retirements WHERE retirement_id = p_retirement FOR UPDATE;
  IF NOT FOUND OR r.state = 'dropped' THEN
    RAISE EXCEPTION 'retirement % is not there or has ended', p_retirement USING ERRCODE = 'no_data_found';
  END IF;
  SELECT * INTO policy FROM partition_policies WHERE table_name = r.table_name;
  IF r.state NOT IN ('verified', 'shipped')
     AND (r.state = 'revoked' AND policy.archive = 'none') IS NOT TRUE THEN
    RAISE EXCEPTION 'partition % is % and has no verified archive', r.partition_name, r.state
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Run daybook maintain, or say on purpose that no archive is wanted: daybook policy set.';
  END IF;
  IF r.upper_bound > pg_catalog.date_trunc('month', pg_catalog.now()) - pg_catalog.make_interval(months => policy.retention_months) THEN
    RAISE EXCEPTION 'partition % has not expired any more', r.partition_name
      USING ERRCODE = 'DB002',
            HINT = pg_catalog.format('%s keeps %s months now. To attach it again: daybook_cancel_retirement.', r.table_name,
                          policy.retention_months);
  END IF;
  IF pg_catalog.to_regclass(pg_catalog.quote_ident(r.partition_name))::oid IS DISTINCT FROM r.partition_oid THEN
    RAISE EXCEPTION 'table % is not the partition that was archived', r.partition_name
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Find out who replaced or removed it.';
  END IF;
  IF EXISTS (SELECT FROM pg_inherits WHERE inhrelid = r.partition_oid) THEN
    RAISE EXCEPTION 'partition % is attached', r.partition_name
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Somebody attached it again: detach it, it has been counted.';
  END IF;
  EXECUTE pg_catalog.format('LOCK TABLE ONLY %I IN ACCESS EXCLUSIVE MODE', r.partition_name);
  EXECUTE pg_catalog.format('SELECT pg_catalog.count(*) FROM ONLY %I', r.partition_name) INTO rows_now;
  IF rows_now <> r.row_count THEN
    RAISE EXCEPTION 'partition % has % rows, and % were archived', r.partition_name, rows_now, r.row_count
      USING ERRCODE = 'data_exception', HINT = 'Somebody changed it after it was detached: find out who.';
  END IF;
  IF daybook_partition_checksum(r.partition_name) IS DISTINCT FROM r.checksum THEN
    RAISE EXCEPTION 'rows of partition % are not those that were archived', r.partition_name
      USING ERRCODE = 'data_exception', HINT = 'Somebody changed it after it was detached: find out who.';
  END IF;
  -- Nobody places a hold between this look and the drop.
  PERFORM daybook_lock_holds();
  held := daybook_held_condition(r.table_name, r.lower_bound, r.upper_bound);
  IF held IS NOT NULL THEN
    EXECUTE pg_catalog.format('SELECT pg_catalog.count(*) FROM ONLY %I WHERE %s', r.partition_name, held) INTO held_rows;
    IF held_rows > 0 AND policy.held_rows = 'carve' THEN
      r.carved_rows := daybook_carve_held_rows(r.table_name, r.partition_name, r.lower_bound, r.upper_bound);
      INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason, detail)
      VALUES ('carve', r.table_name, r.partition_name, r.partition_oid, 'rows under legal hold outlive their partition',
              pg_catalog.jsonb_build_object('rows', r.carved_rows, 'into', r.table_name || '_held'));
    ELSIF held_rows > 0 THEN
      RAISE EXCEPTION 'partition % holds % rows under legal hold', r.partition_name, held_rows
        USING ERRCODE = 'DB002', HINT = 'It is kept until the hold is released: daybook hold list.';
    END IF;
  END IF;
  EXECUTE pg_catalog.format('DROP TABLE %I', r.partition_name);
  UPDATE partition_retirements
     SET state = 'dropped', carved_rows = r.carved_rows, attempts = 0, last_error = NULL, updated_at = pg_catalog.clock_timestamp()
   WHERE retirement_id = p_retirement;
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason, detail)
  VALUES ('drop', r.table_name, r.partition_name, r.partition_oid, r.reason,
          pg_catalog.jsonb_build_object('rows', rows_now, 'state', r.state, 'carved_rows', r.carved_rows,
                             'content_sha256', pg_catalog.encode(r.content_sha256, 'hex'), 'manifest', r.manifest_path,
                             'no_archive_reason', policy.no_archive_reason));
END $$;
COMMENT ON FUNCTION daybook_drop_retired_partition IS 'Drops an expired partition, if its archive was verified (or none is wanted), its rows are those that were counted, and no hold covers it. Call it in a transaction of its own; SQLSTATE 55P03 means try again, DB002 under legal hold';

-- The way back, as long as the table is there: a retention that was wrong, a month that is wanted after all.
CREATE FUNCTION daybook_cancel_retirement(p_retirement bigint, p_reason text) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET lock_timeout = '3s' AS $$
DECLARE
  r partition_retirements;
  control name;
  receipt jsonb;
BEGIN
  SELECT * INTO r FROM partition_retirements WHERE retirement_id = p_retirement FOR UPDATE;
  IF r.state IS NULL OR r.state IN ('detaching', 'dropped')
     OR pg_catalog.to_regclass(pg_catalog.quote_ident(r.partition_name))::oid IS DISTINCT FROM r.partition_oid
     OR EXISTS (SELECT FROM pg_inherits WHERE inhrelid = r.partition_oid) THEN
    RAISE EXCEPTION 'retirement % cannot be cancelled: its table does not stand alone', p_retirement
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Let daybook maintain detach it first; what was dropped is in its archive.';
  END IF;
  SELECT a.attname INTO STRICT control
    FROM pg_partitioned_table p
    JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
   WHERE p.partrelid = pg_catalog.quote_ident(r.table_name)::regclass;
  EXECUTE pg_catalog.format('DROP TRIGGER IF EXISTS refuse_change ON %I', r.partition_name);
  EXECUTE pg_catalog.format('DROP TRIGGER IF EXISTS refuse_truncate ON %I', r.partition_name);
  PERFORM daybook_equip_partition(r.table_name, r.partition_name);
  EXECUTE pg_catalog.format('ALTER TABLE %I ADD CONSTRAINT daybook_bounds CHECK (%I >= %L AND %I < %L)',
                 r.partition_name, control, r.lower_bound, control, r.upper_bound);
  EXECUTE pg_catalog.format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                 r.table_name, r.partition_name, r.lower_bound, r.upper_bound);
  EXECUTE pg_catalog.format('ALTER TABLE %I DROP CONSTRAINT daybook_bounds', r.partition_name);
  receipt := r.earlier -> -1;
  IF receipt IS NULL THEN
    DELETE FROM partition_retirements WHERE retirement_id = p_retirement;
  ELSE
    -- The month left once before: that receipt still counts.
    UPDATE partition_retirements
       SET state = 'dropped', partition_oid = (receipt->>'partition_oid')::oid, row_count = (receipt->>'row_count')::bigint,
           totals = receipt->'totals', checksum = NULL, manifest = NULL, manifest_path = receipt->>'manifest_path',
           content_sha256 = pg_catalog.decode(receipt->>'content_sha256', 'hex'), carved_rows = (receipt->>'carved_rows')::bigint,
           attempts = 0, last_error = NULL, updated_at = (receipt->>'dropped_at')::timestamptz, earlier = r.earlier - -1
     WHERE retirement_id = p_retirement;
  END IF;
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason, detail)
  VALUES ('cancel', r.table_name, r.partition_name, r.partition_oid, p_reason,
          pg_catalog.jsonb_build_object('state', r.state, 'rows', r.row_count, 'manifest', r.manifest_path));
END $$;
COMMENT ON FUNCTION daybook_cancel_retirement IS 'Attaches a partition that was on its way out again, with the rights and triggers of its set, and forgets the retirement. SQLSTATE 55P03 means try again';

-- A default partition forbids concurrent detaches. An adopted set may have one; without rows it can go.
CREATE FUNCTION daybook_drop_empty_default(p_table text, p_partition text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET lock_timeout = '250ms' AS $$
DECLARE
  child oid;
  has_rows boolean;
BEGIN
  SELECT c.oid INTO child FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
   WHERE i.inhparent = pg_catalog.quote_ident(p_table)::regclass AND c.oid = pg_catalog.quote_ident(p_partition)::regclass
     AND pg_catalog.pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT';
  IF NOT FOUND THEN
    RAISE EXCEPTION '% is not the default partition of %', p_partition, p_table
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  -- Locks both: no row comes between the look and the drop.
  EXECUTE pg_catalog.format('ALTER TABLE %I DETACH PARTITION %I', p_table, p_partition);
  EXECUTE pg_catalog.format('SELECT EXISTS (SELECT FROM %I)', p_partition) INTO has_rows;
  IF has_rows THEN
    RAISE EXCEPTION 'the default partition % has rows', p_partition
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Move them to the partitions of their months first.';
  END IF;
  EXECUTE pg_catalog.format('DROP TABLE %I', p_partition);
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason)
  VALUES ('drop', p_table, p_partition, child, 'it was an empty default partition');
END $$;
COMMENT ON FUNCTION daybook_drop_empty_default IS 'Detaches and drops a default partition without rows. Call it in a transaction of its own; SQLSTATE 55P03 means try again';

-- Daybook's own security events are a stream of their own: fenced, counted and tiled like any other.
CREATE FUNCTION daybook_record_event(p_tenant text, p_action text, p_target_type text, p_target_id text,
                                     p_reason text, p_metadata jsonb) RETURNS uuid
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  position_now bigint;
  event uuid := pg_catalog.gen_random_uuid();
  batch uuid := pg_catalog.gen_random_uuid();
  moment timestamptz;
BEGIN
  PERFORM daybook_ensure_partition(name, pg_catalog.now()::date) FROM pg_catalog.unnest(ARRAY['audit_logs', 'ingest_batches']) AS name;
  INSERT INTO ingest_offsets AS o (cluster_id, topic, partition, next_offset, owner, last_batch)
  VALUES ('daybook', 'daybook.events', 0, 1, session_user, batch)
  ON CONFLICT (cluster_id, topic, partition) DO UPDATE
    SET next_offset = o.next_offset + 1, owner = excluded.owner, last_batch = excluded.last_batch,
        updated_at = pg_catalog.clock_timestamp()
  RETURNING o.next_offset - 1 INTO position_now;
  -- Under the lock of the offset, so that times are in the order of offsets.
  moment := pg_catalog.clock_timestamp();
  INSERT INTO audit_logs (event_id, occurred_at, tenant_id, action, category, actor_id, actor_type, target_type,
    target_id, outcome, reason, severity, service, metadata, content_sha256, ingested_at, source_topic,
    source_partition, source_offset)
  VALUES (event, moment, p_tenant, p_action, 'configuration', session_user, 'user', p_target_type,
    p_target_id, 'success', pg_catalog.left(p_reason, 1024), 3, 'daybook', p_metadata,
    pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_build_array(event, moment, p_tenant, p_action, session_user, p_target_type, p_target_id,
                                        p_reason, p_metadata)::text, 'UTF8')), moment, 'daybook.events',
    0, position_now);
  INSERT INTO ingest_batches (batch_id, committed_at, owner, seen, stored, duplicates, rejected, gap_offsets, spans)
  VALUES (batch, moment, session_user, 1, 1, 0, 0, 0, pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
    'cluster', 'daybook', 'topic', 'daybook.events', 'partition', 0, 'from', position_now, 'next', position_now + 1,
    'table', 'audit_logs', 'seen', 1, 'stored', 1, 'duplicates', 0, 'rejected', 0, 'gaps', 0)));
  RETURN event;
END $$;
COMMENT ON FUNCTION daybook_record_event IS 'Writes a security event of Daybook''s own into audit_logs and the batch ledger; its id';

-- Who and when is not for the caller to say, and a hold on a table that is not there would hold nothing.
CREATE FUNCTION daybook_stamp_hold() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.released_at IS NULL AND NEW.release_reason IS NOT NULL THEN
      NEW.released_at := pg_catalog.clock_timestamp();
      NEW.released_by := session_user;
    END IF;
    RETURN NEW;
  END IF;
  IF coalesce(NEW.released_at::text, NEW.released_by, NEW.release_reason) IS NOT NULL THEN
    RAISE EXCEPTION 'a legal hold cannot be placed as released' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.table_name IS NOT NULL AND NOT EXISTS (
    SELECT FROM pg_partitioned_table WHERE partrelid = pg_catalog.to_regclass(pg_catalog.quote_ident(NEW.table_name))) THEN
    RAISE EXCEPTION 'there is no partitioned table %', NEW.table_name
      USING ERRCODE = 'undefined_table', HINT = 'Holds name the table, not a partition of it.';
  END IF;
  NEW.placed_at := pg_catalog.clock_timestamp();
  NEW.placed_by := session_user;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION daybook_stamp_hold IS 'Trigger: sets who placed or released a hold, and when';
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON legal_holds
  FOR EACH ROW EXECUTE FUNCTION daybook_stamp_hold();

CREATE FUNCTION daybook_journal_hold() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  facts jsonb;
BEGIN
  IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (OLD.released_at IS NOT NULL OR NEW.released_at IS NULL
     OR (pg_catalog.to_jsonb(OLD) - '{released_at,released_by,release_reason}'::text[])
        <> (pg_catalog.to_jsonb(NEW) - '{released_at,released_by,release_reason}'::text[])) THEN
    RAISE EXCEPTION 'a legal hold changes only once, when it is released'
      USING ERRCODE = 'insufficient_privilege', HINT = 'Place another hold, or release this one: daybook hold release.';
  END IF;
  facts := pg_catalog.jsonb_strip_nulls(pg_catalog.to_jsonb(NEW));
  INSERT INTO partition_journal (action, table_name, reason, detail)
  VALUES (CASE TG_OP WHEN 'INSERT' THEN 'hold' ELSE 'release' END, NEW.table_name,
          CASE TG_OP WHEN 'INSERT' THEN NEW.reason ELSE NEW.release_reason END, facts);
  PERFORM daybook_record_event(coalesce(NEW.tenant_id, 'daybook'),
    CASE TG_OP WHEN 'INSERT' THEN 'legal_hold.placed' ELSE 'legal_hold.released' END, 'legal_hold', NEW.hold_id::text,
    CASE TG_OP WHEN 'INSERT' THEN NEW.reason ELSE NEW.release_reason END, facts);
  RETURN NULL;
END $$;
COMMENT ON FUNCTION daybook_journal_hold IS 'Trigger: a hold is journaled and becomes a security event; it changes once and is never deleted';
CREATE TRIGGER journal_change AFTER INSERT OR UPDATE OR DELETE ON legal_holds
  FOR EACH ROW EXECUTE FUNCTION daybook_journal_hold();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON legal_holds
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_change();
ALTER TABLE legal_holds ENABLE ALWAYS TRIGGER stamp, ENABLE ALWAYS TRIGGER journal_change, ENABLE ALWAYS TRIGGER refuse_truncate;

REVOKE ALL ON FUNCTION daybook_journal_policy, daybook_equip_partition, daybook_check_held_table, daybook_cancel_retirement,
  daybook_partition_totals, daybook_partition_checksum, daybook_held_condition,
  daybook_held_table_refuse, daybook_carve_held_rows, daybook_release_held_rows, daybook_begin_retirement, daybook_retirement,
  daybook_mark_detached, daybook_revoke_detached, daybook_record_archive, daybook_record_verified,
  daybook_record_shipped, daybook_restart_archive, daybook_drop_retired_partition, daybook_drop_empty_default,
  daybook_record_event, daybook_lock_holds, daybook_stamp_hold, daybook_journal_hold FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_held_condition TO app_maintain, app_audit_read;
GRANT SELECT ON partition_journal, partition_retirements, legal_holds, maintenance_runs
  TO app_read, app_maintain, app_audit_read;
-- What is refused for its time alone is no secret: daybook partitions check counts it.
GRANT SELECT (rejected_at, table_name, reason) ON rejected_records TO app_read;

-- Tables of held rows from before a down migration get their own trigger back.
DO $$
DECLARE
  held record;
BEGIN
  FOR held IN
    SELECT p.table_name, t.tgrelid::regclass AS name
      FROM partition_policies p
      JOIN pg_trigger t ON t.tgrelid = to_regclass(quote_ident(p.table_name || '_held')) AND t.tgname = 'refuse_change'
                       AND t.tgfoid = 'daybook_refuse_change'::regproc
  LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %s FOR EACH ROW'
                   ' EXECUTE FUNCTION daybook_held_table_refuse(%L)', held.name, held.table_name);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER refuse_change', held.name);
  END LOOP;
END $$;
