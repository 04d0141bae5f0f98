# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The site that the runbooks are tried on: PostgreSQL with archived WAL, its replica, PgBouncer, a broker, ingest.
# shellcheck disable=SC2154 # the script and the other libraries set them

topic=ai.llm-invocations.v1
events=security.audit-events.v1
halting=ai.halting.v1 # where only one partition is, which is to be halted
logins=(ingest report maintain admin audit finance backup monitor)
login=          # who runs the commands
user=()         # as which user of the system
this_month=$(date -u +%Y-%m)
last_month=$(date -u -d "$this_month-01 -1 month" +%Y-%m)
expired_month=$(date -u -d "$this_month-01 -5 months" +%Y-%m)
stuck_month=$(date -u -d "$this_month-01 -4 months" +%Y-%m)
helpers=() # processes beside the servers

make_site() {
  # shellcheck disable=SC2034 # read by lib/postgres.sh
  data_in_memory=yes
  broker=$(broker_kind)
  mkdir -p "$servers"
  chmod 755 "$servers"
  : >"$transcript"
  own "$servers/wal"
  read -r metrics_port exporter_port redis_port < <(free_ports 3)
  server_start "$broker"
  export DAYBOOK_KAFKA_BROKERS
  DAYBOOK_KAFKA_BROKERS=127.0.0.1:$(server_port "$broker")
  create_topics "$DAYBOOK_KAFKA_BROKERS" 2 "$topic" "$events"
  create_topics "$DAYBOOK_KAFKA_BROKERS" 1 "$halting"
  site_prepare
  site_start db.t3.medium "fsync = off" "max_prepared_transactions = 2" "archive_mode = on" \
    "archive_command = 'test ! -f $servers/wal/%f && cp %p $servers/wal/%f'" \
    "port = $(server_port postgres15)" "listen_addresses = '127.0.0.1'" "unix_socket_directories = '$servers/wal'"
  primary=$postgres
  make_database
  make_replica
  make_desk
  start_ingest
  make_records
}

make_database() {
  local name
  superuser -d postgres -c "CREATE DATABASE daybook"
  DAYBOOK_ADMIN_DATABASE_URL="$(postgres_url "$postgres" daybook)" "$daybook" migrate up >>"$transcript" 2>&1
  site_logins
  site_pooler transaction
  export PGPASSFILE=$servers/pgpass
  (
    umask 077
    printf '*:*:*:%s:%s\n' postgres "$(<"$postgres/password")" pgbouncer_admin "${site_passwords[pgbouncer_admin]}" \
      pgbouncer_stats "${site_passwords[pgbouncer_stats]}" >"$PGPASSFILE"
    for name in "${logins[@]}"; do
      printf '*:*:*:daybook_%s:%s\n' "$name" "$(random_password)" >>"$PGPASSFILE"
    done
  )
  for name in "${logins[@]}"; do
    superuser -d daybook <<<"ALTER ROLE daybook_$name PASSWORD '$(password_of "daybook_$name")'"
  done
  if ((EUID == 0)); then install -m 600 -o postgres "$PGPASSFILE" "$servers/wal/pgpass"; fi
  superuser -d daybook -f "$lib/list_prices.sql" >/dev/null
}

make_replica() {
  prepare_copy
  base_backup "$copy/data" -X stream -R -C -S replica
  server_start postgres15-copy
}

# make_desk: where an operator sits: programs on the path, directories, and what the README of the runbooks wants set.
make_desk() {
  archive=$servers/archive
  mkdir -p "$servers/desk" "$servers/bin" "$servers/backup/schema" "$archive"
  chmod 777 "$servers/desk"
  ln -s "$root/ops" "$servers/desk/ops"
  ln -s "$daybook" "$servers/bin/daybook"
  daybook=$servers/bin/daybook
  cat >"$servers/daybook.conf" <<CONF
topic = $topic=invocations
topic = $events=audit_logs
topic = $halting=invocations
batch_age = 200
metrics_listen = 127.0.0.1:$metrics_port
CONF
  as admin
}

# direct LOGIN SERVER DATABASE: a connection string. pooled LOGIN: over PgBouncer.
direct() { echo "postgresql://$1@localhost:$(server_port "$2")/$3"; }
pooled() { echo "postgresql://$1@localhost:$(server_port pooler-transaction)/daybook"; }

# as LOGIN: who runs the next commands; `postgres`, the superuser, is not let in by the pooler.
as() {
  local name=daybook_$1
  if [[ $1 == postgres ]]; then name=$1; fi
  login=$1
  cat >"$servers/environment" <<ENVIRONMENT
export PATH="$servers/bin:$(postgres_programs postgres15):\$PATH" LC_ALL=C.UTF-8
export PGPASSFILE=$PGPASSFILE PGSSLMODE=verify-full PGSSLROOTCERT=$certificates/ca.crt
export DAYBOOK_KAFKA_BROKERS=$DAYBOOK_KAFKA_BROKERS DAYBOOK_ARCHIVE_DIR=$archive
export DAYBOOK_ADMIN_DATABASE_URL=$(direct "$name" postgres15 daybook)
export DAYBOOK_DATABASE_URL=$(pooled "${name/#postgres/daybook_audit}")
export DAYBOOK_POOLER_ADMIN_URL=postgresql://pgbouncer_admin@localhost:$(server_port pooler-transaction)/pgbouncer
export REPLICA_URL=$(direct "$name" postgres15-copy daybook)
ENVIRONMENT
  cp "$servers/environment" "$servers/shell"
}

# start_ingest: with both streams, and the topic that will be halted.
start_ingest() {
  local ingest_options
  ingest_options "$broker"
  PGSSLMODE=verify-full PGSSLROOTCERT=$certificates/ca.crt DAYBOOK_DATABASE_URL=$(pooled daybook_ingest) \
    detached "$servers/ingest.log" "$daybook" ingest --config "$servers/daybook.conf" "${ingest_options[@]}" \
    >"$servers/ingest.pid"
  ingester=$(<"$servers/ingest.pid")
  wait_until 30 is_ready || die "ingest is not ready: $(tail -n 3 "$servers/ingest.log")"
}

is_ready() { curl -sf "http://127.0.0.1:$metrics_port/readyz" >/dev/null; }

stop_ingest() {
  kill -TERM "$ingester"
  wait "$ingester" || true
}

# make_records: two months with their usual share of refusals and duplicates, and two old months of events.
make_records() {
  local month
  generate --topic "$topic=invocations" --topic "$events=audit_logs" --generate 3000 --tenants 5 --bad 0.02 \
    --duplicates 0.02 --conflicts 0.01 --without-cost 0.3
  for month in "$expired_month" "$stuck_month"; do
    generate --topic "$events=audit_logs" --generate 300 --tenants 5 --days 5 --end "$month-20T00:00:00Z" \
      --seed "${month#*-}"
  done
  wait_settled
}

generate() { "$daybook" produce "$@" >/dev/null 2>>"$servers/produce.log"; }

# wait_settled: nothing waits in Kafka.
wait_settled() { wait_until 60 is_settled || die "not everything was stored: $(tail -n 1 "$servers/ingest.log")"; }

is_settled() { run 'daybook status --json 2>/dev/null' | jq -e '.lag == 0' >/dev/null; }

# in_database SQL: one value, as the superuser of the server that counts.
in_database() { postgres_psql "$primary" -q -A -t -d daybook -c "$1"; }

server_log() { find "$primary/data/log" -name '*.log' | sort | tail -n 1; }

# knows NAME=VALUE...: the shell of the next commands has these as well.
knows() { printf 'export %q\n' "$@" >>"$servers/shell"; }

# somebody SQL: a session of the reports that goes on; sets $process to its server process.
somebody() {
  PGSSLMODE=verify-full PGSSLROOTCERT=$certificates/ca.crt PGAPPNAME=somebody \
    helper psql -X "$(direct daybook_report postgres15 daybook)" -c "$1"
  wait_until 10 is_somebody || die "nobody is there"
  process=$(in_database "SELECT pid FROM pg_stat_activity WHERE application_name = 'somebody'")
}

is_somebody() { [[ $(in_database "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'somebody'") == 1 ]]; }

is_nobody() { ! is_somebody; }

# helper COMMAND...: a program beside the servers, until the end.
helper() { helpers+=("$(detached "$servers/helpers.log" "$@")"); }

finish() {
  local code=$? process
  trap - EXIT
  for process in ${ingester:-} "${helpers[@]}"; do
    kill -TERM "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  if [[ -e $servers/pitr/new/postmaster.pid ]]; then stop_restored || true; fi
  finish_servers "$code"
}
