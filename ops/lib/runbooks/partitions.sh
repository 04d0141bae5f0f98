# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Runbooks of the schema, of partitions and archives.
# shellcheck disable=SC2034,SC2154 # of placeholders; of the script and its libraries

runbook_schema_differs() {
  as postgres
  in_database "DO \$\$ BEGIN
    EXECUTE replace(pg_get_functiondef('daybook_post_late'::regproc), 'BEGIN', 'BEGIN --'); END \$\$"
  step 'daybook migrate status' 0 'daybook_post_late was changed by hand'
  step 'daybook migrate up' 0 daybook_post_late
  step psql 0 'daybook_post_late .* postgres'
  step psql 0 'BEGIN --'
  step 'daybook audit' 1 'daybook_post_late'
  step 'daybook migrate up' 0 'loaded 1 functions'
}

runbook_pooler_migration_reconnect() {
  as postgres
  step 'daybook migrate up' 0 'nothing to do'
  step 'daybook migrate status' 0 '_items +applied'
  step psql 0 RECONNECT
  stop_ingest
  step 'daybook migrate down' 0 'took back 000011'
  step 'daybook migrate up' 0 'applied 000011'
  start_ingest
}

runbook_runway_short() {
  as admin
  in_database "DROP TABLE invocations_p$(date -u -d "$this_month-01 next month" +%Y%m01)"
  step 'daybook partitions check' 1 'runway_short'
  step 'daybook maintain' 0 'success'
  step psql 0 'success'
}

runbook_maintenance_stale() {
  as admin
  step psql 0 'create .* success'
  step 'daybook maintain' 0 '^0$'
  elsewhere systemctl ops/lib/units.sh
  nothing_here 'kubectl -n daybook get cronjob' "$no_cluster"
  as postgres
  mention 'GRANT app_maintain' 0 'GRANT ROLE'
  in_database 'REVOKE app_maintain FROM daybook_report'
}

runbook_archive_failed() {
  as admin
  by_the_way "daybook policy set --table audit_logs --retention-months 4 --reason 'a test'"
  mv "$archive" "$archive.away"
  step 'daybook maintain' 1 'is not there'
  mv "$archive.away" "$archive"
  month_leaves
  step 'df -h' 0 Filesystem
  step 'daybook archive list' 0 'audit_logs'
  step 'daybook archive verify' 0 '^ok: .* rows of audit_logs'
}

# retire_month: an old month of events leaves; $manifest is its archive.
retire_month() {
  by_the_way "daybook policy set --table audit_logs --retention-months 4 --reason 'a test'"
  month_leaves
}

month_leaves() {
  by_the_way "daybook maintain --job retain"
  manifest=$(compgen -G "$archive/audit_logs_p${expired_month/-/}01.manifest.json") || found "there is no archive"
}

runbook_retirement_stuck() {
  leaving=audit_logs_p${stuck_month/-/}01
  as admin
  if ((${#only[@]})); then retire_month; fi
  by_the_way "daybook policy set --table audit_logs --retention-months 3 --reason 'a test'"
  echo 'export DAYBOOK_ARCHIVE_COMMAND=false DAYBOOK_RESTORE_COMMAND=false' >>"$servers/shell"
  by_the_way "daybook maintain --job retain" 1
  step psql 0 "$leaving .*archive_command"
  step 'daybook partitions apply' 1 'ship .* failed'
  mention 'daybook archive restore' 0 'number and sums as in the manifest'
  step BEGIN 0 'UPDATE 1'
  by_the_way "daybook policy set --table audit_logs --retention-months 12 --reason 'a test'"
  step BEGIN 0 'daybook_cancel_retirement'
  [[ $(in_database "SELECT relispartition FROM pg_class WHERE relname = '$leaving'") == t ]] ||
    found "it is not attached again"
  as postgres
  mention 'ALTER TABLE' 0 'ALTER TABLE'
}

runbook_legal_hold() {
  local tenant=acme
  as admin
  if ((${#only[@]})); then retire_month; fi
  step 'daybook hold add' 0 'not covered: audit_logs'
  step 'daybook hold add' 0 'hold [0-9]+ is placed on tenant acme'
  step 'daybook hold list' 0 'active .* 26-cv-117'
  hold=$(in_database "SELECT max(hold_id) FROM legal_holds")
  step 'daybook archive restore' 0 'number and sums as in the manifest'
  step 'daybook hold release' 0 'is released'
  as audit
  step psql 0 'release .* case closed'
  step psql 0 'acme|hold'
}

runbook_partman() {
  as postgres
  superuser -d daybook <<SQL >/dev/null
SET client_min_messages = warning;
CREATE SCHEMA partman; CREATE EXTENSION pg_partman SCHEMA partman;
CREATE TABLE events (id bigint, at timestamptz NOT NULL, tenant_id text) PARTITION BY RANGE (at);
ALTER TABLE events OWNER TO app_owner;
SELECT partman.create_parent('public.events', 'at', 'native', 'monthly', p_premake := 2,
  p_start_partition := (now() - interval '3 months')::text);
UPDATE partman.part_config SET retention = '13 months';
SELECT format('ALTER TABLE %s OWNER TO app_owner', inhrelid::regclass) FROM pg_inherits
 WHERE inhparent = 'events'::regclass \gexec
INSERT INTO events VALUES (1, now(), 't');
INSERT INTO events VALUES (2, now() - interval '5 months', 't');
SQL
  step 'daybook partitions adopt' 0 "automatic_maintenance = 'off'"
  step 'daybook partitions adopt' 0 'events is adopted'
  step 'daybook partitions plan' 0 'events'
  step psql 0 'ALTER TABLE'
  step 'daybook partitions ensure' 0 'events_p'
  step psql 0 'INSERT 0 1'
  by_the_way 'daybook maintain --job create'
  step 'daybook policy set' 0 'the policy of events was changed'
  step 'daybook partitions list' 0 'events_p'
  step 'DO' 0 '^DO$'
  step 'SET' 0 'UPDATE 1'
}
