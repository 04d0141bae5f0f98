# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Another server with the data of the first one: a replica, or what takes its place.

primary= # the directory of the server that counts
copy=    # that of the other one

# in_server DIRECTORY SQL: one value, as the superuser.
in_server() { postgres_psql "$1" -q -A -t -d "$database" -c "$2"; }

# base_backup DIRECTORY OPTION...: of the primary, over its socket.
base_backup() {
  local directory=$1
  shift
  own "$directory"
  as_server_user "$(postgres_programs postgres15)/pg_basebackup" -h "$(<"$primary/socket")" -p "$(<"$primary/port")" \
    -U postgres -D "$directory" -c fast --no-sync "$@" >>"$servers/base-backup.log" 2>&1 ||
    die "no base backup: $(tail -n 1 "$servers/base-backup.log")"
}

# prepare_copy: the directory of another server with the primary's roles; its data comes next.
prepare_copy() {
  copy=$servers/postgres15-copy
  own "$copy"
  free_ports 1 >"$copy/port"
  cp -p "$primary/password" "$copy/password"
}
