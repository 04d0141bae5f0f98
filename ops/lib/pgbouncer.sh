# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A private PgBouncer before the PostgreSQL 15 of the same servers directory. Any database, any role:
# passwords are looked up in PostgreSQL. The admin console is the database `pgbouncer`, as `postgres`.

# start_pooler MODE DIRECTORY POSTGRES_DIRECTORY: MODE is transaction or session.
start_pooler() {
  local mode=$1 directory=$2 postgres=$3
  [[ -s $postgres/password ]] || die "start postgres15 before a pooler"
  if [[ ! -s $directory/port ]]; then
    own "$directory"
    free_ports 1 >"$directory/port"
  fi
  (umask 077 && printf '"postgres" "%s"\n' "$(<"$postgres/password")" >"$directory/userlist.txt")
  pooler_settings "$mode" "$directory" "$postgres" >"$directory/pgbouncer.ini"
  launch_pooler "$directory"
}

# launch_pooler DIRECTORY: starts it with the pgbouncer.ini there; returns when it accepts connections.
launch_pooler() {
  local program
  program=$(command -v pgbouncer || command -v /usr/sbin/pgbouncer) ||
    die "pgbouncer is missing; on Debian: apt-get install pgbouncer"
  rm -f "$1/pid" # left by a SIGKILL, it would forbid the start
  if ((EUID == 0)); then chown -R postgres: "$1"; fi
  as_server_user "$program" -q -d "$1/pgbouncer.ini" </dev/null >"$1/start.log" 2>&1 9>&- ||
    die "pgbouncer does not start: $(tail -1 "$1/start.log")"
  wait_until 60 answers "$(<"$1/port")" || server_failed "$1/log" "pgbouncer does not answer"
}

# pooler_settings MODE DIRECTORY POSTGRES_DIRECTORY: the limits are those of a strict site.
pooler_settings() {
  cat <<CONF
[databases]
* = host=127.0.0.1 port=$(<"$3/port")
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $(<"$2/port")
unix_socket_dir =
logfile = $2/log
pidfile = $2/pid
pool_mode = $1
auth_type = scram-sha-256
auth_file = $2/userlist.txt
auth_user = postgres
auth_query = SELECT usename, passwd FROM pg_catalog.pg_shadow WHERE usename = \$1
admin_users = postgres
max_client_conn = 500
default_pool_size = 20
query_timeout = 30
server_lifetime = 3600
client_idle_timeout = 900
ignore_startup_parameters = extra_float_digits
; Tests make and drop many databases: an idle server connection would hold on to one.
server_idle_timeout = 10
; They restart PostgreSQL as well: 15 s after a failed login would be most of their time.
server_login_retry = 1
CONF
}
