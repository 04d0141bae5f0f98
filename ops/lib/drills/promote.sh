# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# An asynchronous replica, as in another region, loses its link; the primary goes on to commit, and is lost with what
# the replica never got. The replica is promoted and the pooler led there. The ingester runs on.

promote_stall_seconds_max=60

drill_promote() {
  local before kept died
  prepare_copy
  base_backup "$copy/data" -X stream -R
  server_start postgres15-copy
  happened "a replica streams, made with $(seen) records on the way"
  wait_more $((records / 10))
  cut_link
  wait_more $((records / 10))
  before=$(seen)
  died=$EPOCHREALTIME
  server_kill postgres15
  happened "the primary is killed, with $before records"
  in_server "$copy" "SELECT pg_promote()" >/dev/null
  is_primary "$copy" || die "the replica is not promoted; see $copy/log"
  ask_copy
  kept=$(seen)
  ((kept < before)) || die "nothing was lost with the primary: this drill has shown nothing"
  happened "the replica is promoted, with $kept records: $((before - kept)) that were committed are lost"
  take_over
  wait_commit "$died"
  happened "the first commit, after $stall s without one"
  ((${stall%.*} < promote_stall_seconds_max)) ||
    not_exact "nothing was committed for $stall s; $promote_stall_seconds_max are the most"
}

# cut_link: the replica gets nothing any more, and the primary does not wait for it.
cut_link() {
  in_server "$copy" "ALTER SYSTEM SET primary_conninfo = ''"
  in_server "$copy" "SELECT pg_reload_conf()" >/dev/null
  wait_until 30 has_no_replica || die "the replica still streams"
  happened "the link between them is cut, with $(in_server "$copy" \
    "SELECT sum(seen) FROM ingest_spans WHERE cluster_id <> 'daybook'") records on the replica"
}

has_no_replica() { [[ $(sql "SELECT count(*) FROM pg_stat_replication") == 0 ]]; }
