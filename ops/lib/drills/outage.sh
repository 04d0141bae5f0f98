# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# PostgreSQL is killed, is away for a while, and comes back as it was. Records wait in Kafka; the ingester runs on.

drill_outage() {
  local away
  wait_seen $((records * 3 / load_seconds))
  away=$EPOCHREALTIME
  happened "PostgreSQL is killed, with $(seen) records"
  server_kill postgres15
  sleep "$seconds"
  server_start postgres15
  happened "PostgreSQL is back, after $(seconds_since "$away") s"
  wait_commit "$away"
  happened "the first commit, after $(longest_gap "$away") s without one"
}
