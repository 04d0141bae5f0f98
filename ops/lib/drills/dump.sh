# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Somebody with all rights deletes rows. The last logical backup is restored into another database of the same server,
# and the pooler led there. The ingester runs on.

drill_dump() {
  local backups=$servers/backups led
  mkdir "$backups"
  wait_seen $((records / 4))
  "$root/ops/backup" schema --dir "$backups"
  "$root/ops/backup" dump --dir "$backups" --verify
  happened "a logical backup is taken and verified, with $(seen) records on the way"
  refuse_bad "$backups"
  wait_more $((records / 10))
  sql "ALTER TABLE invocations DISABLE TRIGGER ALL"
  sql "DELETE FROM invocations WHERE tenant_id = (SELECT tenant_id FROM invocations LIMIT 1)"
  sql "ALTER TABLE invocations ENABLE TRIGGER ALL"
  if reporting audit >"$servers/audit.log"; then die "daybook audit does not see that rows were deleted"; fi
  happened "rows are deleted: $(grep -m 1 '^problem: invocations' "$servers/audit.log")"
  restore_dump "$backups"
  happened "restored: $(seen) records; the others are in Kafka"
  "$root/ops/backup" schema --dir "$backups"
  reporting verify-restore
  happened "daybook verify-restore has proven it"
  led=$EPOCHREALTIME
  take_over
  wait_commit "$led"
  happened "the first commit, $stall s after that"
}

# refuse_bad BACKUPS: a definition that nobody has announced, and a file that has changed, are noticed.
refuse_bad() {
  local damaged=$servers/damaged
  sql "CREATE TABLE unannounced (a int)"
  if "$root/ops/backup" schema --dir "$1" >"$servers/schema.diff" 2>&1; then
    die "ops/backup schema sees no new table"
  fi
  grep -q '^+CREATE TABLE public.unannounced' "$servers/schema.diff" || die "ops/backup schema does not say what is new"
  sql "DROP TABLE unannounced"
  cp -r "$1"/daybook-* "$damaged"
  printf x >>"$damaged/roles.sql"
  if "$root/ops/backup" verify "$damaged" >"$servers/damaged.log" 2>&1; then die "ops/backup verify sees no damage"; fi
  happened "an unannounced table and a damaged file are noticed"
}

# restore_dump BACKUPS: the only one there, into a database of its own.
restore_dump() {
  copy=$primary
  database=daybook_restored
  postgres_psql "$primary" -q -d postgres -c "CREATE DATABASE $database"
  ask_copy
  pg_restore -h "$(<"$primary/socket")" -p "$(<"$primary/port")" -U postgres -j 2 --exit-on-error -d "$database" \
    "$1"/daybook-*/dump
}
