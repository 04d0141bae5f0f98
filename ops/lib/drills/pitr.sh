# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The database's volume is lost. What is left is a base backup and the archived WAL, and they are restored to a point
# in time before the end. The ingester runs on.

drill_pitr() {
  local archive=$servers/archive moment before died kept
  own "$archive"
  sql "ALTER SYSTEM SET archive_command = 'test ! -f $archive/%f && cp %p $archive/%f'"
  sql "SELECT pg_reload_conf()" >/dev/null
  wait_seen $((records / 5))
  base_backup "$servers/base" -X none
  as_server_user "$(postgres_programs postgres15)/pg_verifybackup" -n -q "$servers/base"
  happened "a base backup is taken and verified, with $(seen) records on the way"
  wait_more $((records / 10))
  moment=$(sql "SELECT clock_timestamp()")
  happened "the point in time to come back to: $moment"
  wait_more $((records / 10))
  archive_wal
  before=$(seen)
  died=$EPOCHREALTIME
  server_kill postgres15
  rm -rf "${primary:?}/data"
  happened "PostgreSQL is killed and its volume lost, with $before records"
  restore "$archive" "$moment"
  ask_copy
  kept=$(seen)
  ((kept < before)) || die "nothing was lost with the volume: this drill has shown nothing"
  happened "restored: $kept records; $((before - kept)) that were committed are only in Kafka now"
  reporting verify-restore
  happened "daybook verify-restore has proven it"
  take_over
  wait_commit "$died"
  happened "the first commit, after $stall s without one"
}

# archive_wal: what is written up to now is in the archive.
archive_wal() {
  local segment
  segment=$(sql "SELECT pg_walfile_name(pg_switch_wal())")
  wait_until 30 is_archived "$segment" || die "$segment is not archived; see $primary/log"
}

is_archived() { [[ $(sql "SELECT last_archived_wal >= '$1' FROM pg_stat_archiver") == t ]]; }

# restore ARCHIVE MOMENT: the base backup, and the WAL up to then.
restore() {
  prepare_copy
  cp -a "$servers/base" "$copy/data"
  cat >>"$copy/data/postgresql.auto.conf" <<CONF
restore_command = 'cp $1/%f %p'
recovery_target_time = '$2'
recovery_target_action = 'promote'
CONF
  as_server_user touch "$copy/data/recovery.signal"
  server_start postgres15-copy
  wait_until "$step_seconds_max" is_primary "$copy" || die "it does not come to the point in time; see $copy/log"
}
