# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The database's volume is filled by somebody else's file. PostgreSQL refuses to write, then dies because there is no room
# for WAL, and cannot come back. The volume grows. The ingester runs on.

disk_mib=512
full_seconds=3 # it stays full for so long, once while PostgreSQL refuses to write, once without it

# prepare_disk_full: a volume of its own for the data; without the right to mount there is no drill.
prepare_disk_full() {
  own "$primary"
  own "$primary/data"
  mount -t tmpfs -o "size=${disk_mib}m" daybook-drill "$primary/data" 2>/dev/null || {
    say "SKIPPED: disk-full: whoever runs it must be allowed to mount a file system"
    exit 0
  }
}

drill_disk_full() {
  local full mended
  wait_seen $((records / 4))
  full=$EPOCHREALTIME
  as_server_user dd if=/dev/zero "of=$primary/data/filler" bs=64k 2>"$servers/filler.log" || true
  happened "the volume of $disk_mib MiB is filled"
  wait_until "$step_seconds_max" grep -q 'No space left on device' "$primary/log" || die "the disk did not become full"
  happened "PostgreSQL: $(grep -m 1 'No space left on device' "$primary/log" |
    sed 's/.* \([A-Z]*\): */\1: /')"
  sleep "$full_seconds"
  # WAL wants a file of its own now.
  sql "SELECT pg_switch_wal()" >/dev/null 2>&1 || true
  sleep "$full_seconds"
  happened "PostgreSQL $(server_runs postgres15 && echo runs || echo "has ended: $(grep 'PANIC:\|FATAL:' "$primary/log" |
    tail -n 1 | sed 's/.* \([A-Z]*\): */\1: /')")"
  mount -o "remount,size=$((2 * disk_mib))m" "$primary/data"
  happened "the volume is twice as large; until then $(grep -c 'No space left on device' "$primary/log") complaints, $(
    grep -c 'PANIC:' "$primary/log") of them PANIC"
  mended=$EPOCHREALTIME
  # A server that could not recover without room has ended.
  server_start postgres15
  wait_commit "$mended"
  happened "the first commit, $stall s after that; the longest time without one: $(longest_gap "$full") s"
}

# unmount_disk: also of a run that was killed.
unmount_disk() {
  while mountpoint -q "$servers/postgres15/data"; do umount "$servers/postgres15/data"; done
}
