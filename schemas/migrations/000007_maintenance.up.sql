-- Maintenance of partitions: policies in full, a journal, legal holds, retirements, runs of jobs.
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- From this step on, functions, views and triggers are files of their own (schemas/functions, schemas/views). What was
-- loaded:
CREATE TABLE daybook_objects (
  name            text COLLATE "C" PRIMARY KEY,
  kind            text NOT NULL CHECK (kind IN ('function', 'view')),
  position        integer NOT NULL,
  sha256          bytea NOT NULL CHECK (octet_length(sha256) = 32),
  definition_md5  text NOT NULL,
  server_version  integer NOT NULL,
  loaded_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  loaded_by       text NOT NULL DEFAULT session_user,
  daybook_version text NOT NULL
);
COMMENT ON TABLE daybook_objects IS 'Functions and views as daybook migrate up loaded them';
COMMENT ON COLUMN daybook_objects.name IS 'Function or view, without the schema of Daybook';
COMMENT ON COLUMN daybook_objects.kind IS 'function or view';
COMMENT ON COLUMN daybook_objects.position IS 'Order of loading';
COMMENT ON COLUMN daybook_objects.sha256 IS 'SHA-256 (32 bytes) of its file';
COMMENT ON COLUMN daybook_objects.definition_md5 IS 'MD5 of the definition as the server spelled it then: another one now was made by hand';
COMMENT ON COLUMN daybook_objects.server_version IS 'Major version of the server that spelled it';
COMMENT ON COLUMN daybook_objects.loaded_at IS 'UTC';
COMMENT ON COLUMN daybook_objects.loaded_by IS 'Login role that loaded it';
COMMENT ON COLUMN daybook_objects.daybook_version IS 'Release of Daybook that loaded it';
GRANT SELECT ON daybook_objects TO PUBLIC;

-- The functions and views of migrations 1 to 6, as they are now: the way down puts them back.
CREATE TABLE daybook_former_objects (
  position  integer PRIMARY KEY,
  statement text NOT NULL
);
COMMENT ON TABLE daybook_former_objects IS 'Statements that make the functions and views of schema version 6 again';
COMMENT ON COLUMN daybook_former_objects.position IS 'Order of the statements';
COMMENT ON COLUMN daybook_former_objects.statement IS 'SQL, run by the way down with the schema first in search_path';
INSERT INTO daybook_former_objects
WITH functions AS (
  SELECT oid, oid::regprocedure AS name, proacl AS rights, proowner AS owner FROM pg_proc
   WHERE pronamespace = quote_ident(current_schema())::regnamespace AND proname LIKE 'daybook\_%'
), views AS (
  SELECT oid, oid::regclass AS name, relacl AS rights, relowner AS owner FROM pg_class
   WHERE oid IN ('costs'::regclass, 'ingest_spans'::regclass)
)
SELECT row_number() OVER (ORDER BY part, name, statement), statement FROM (
  SELECT 1, name::text, pg_get_functiondef(oid) FROM functions
  UNION ALL SELECT 2, name::text, format('COMMENT ON FUNCTION %s IS %L', name, obj_description(oid, 'pg_proc'))
    FROM functions
  UNION ALL SELECT 2, name::text, format('%s ON FUNCTION %s %s', CASE WHEN rights IS NULL THEN 'GRANT EXECUTE'
    ELSE 'REVOKE ALL' END,
                                         name, CASE WHEN rights IS NULL THEN 'TO PUBLIC' ELSE 'FROM PUBLIC' END)
                                           FROM functions
  UNION ALL SELECT 3, name::text, format('GRANT %s ON FUNCTION %s TO %s', a.privilege_type, name, a.grantee::regrole)
              FROM functions, aclexplode(rights) AS a WHERE a.grantee NOT IN (0, owner)
  UNION ALL SELECT 4, name::text, format('CREATE VIEW %s AS %s', name, pg_get_viewdef(oid)) FROM views
  UNION ALL SELECT 5, name::text, format('COMMENT ON VIEW %s IS %L', name, obj_description(oid, 'pg_class')) FROM views
  UNION ALL SELECT 5, name::text, format('COMMENT ON COLUMN %s.%I IS %L', name, attname, col_description(oid, attnum))
              FROM views JOIN pg_attribute ON attrelid = oid WHERE col_description(oid, attnum) IS NOT NULL
  UNION ALL SELECT 5, name::text, format('GRANT %s ON %s TO %s', a.privilege_type, name, a.grantee::regrole)
              FROM views, aclexplode(rights) AS a WHERE a.grantee NOT IN (0, owner)) AS s(part, name, statement);
-- Their successors have other parameters.
DROP FUNCTION daybook_add_rollups(), daybook_apply_batch(uuid, text, text, jsonb, text[], boolean),
  daybook_settle_duplicates(uuid, text, text[]), daybook_insert_staged_audit_logs(),
    daybook_insert_staged_invocations(),
  daybook_evict_lock_holders(text, text[], integer[]);

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

-- From now on somebody should run maintenance.
INSERT INTO partition_journal (action, reason) VALUES ('begin', 'the maintenance tables were made');

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

-- What is refused for its time alone is no secret: daybook partitions check counts it.
GRANT SELECT (rejected_at, table_name, reason) ON rejected_records TO app_read;
GRANT SELECT ON partition_journal, partition_retirements, legal_holds, maintenance_runs
  TO app_read, app_maintain, app_audit_read;
