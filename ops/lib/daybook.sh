# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Our own program: building it, its settings and its database.

database=daybook

# build_daybook: sets $daybook to the release build, or to DAYBOOK_PROGRAM where that names one.
build_daybook() {
  daybook=${DAYBOOK_PROGRAM:-}
  if [[ -n $daybook ]]; then
    [[ -x $daybook ]] || die "DAYBOOK_PROGRAM=$daybook is no program"
    return 0
  fi
  say "building"
  (cd "$root" && swift build -c release --product daybook >&2) || die "the build failed (see above)"
  daybook=$(cd "$root" && swift build -c release --show-bin-path)/daybook
}

# start_private_servers PROFILE KIND: PostgreSQL 15, a transaction pooler and a broker; Daybook's
# settings then name them.
start_private_servers() {
  mkdir -p "$servers"
  postgres_profile=$1 server_start postgres15
  server_start pooler-transaction
  server_start "$2"
  use_private_database
  DAYBOOK_KAFKA_BROKERS=127.0.0.1:$(server_port "$2")
  export DAYBOOK_KAFKA_BROKERS
}

# use_private_database: point Daybook at the servers that we started: ingest through the pooler, the
# rest directly. Passwords stand in a file of libpq's format and in nothing else.
use_private_database() {
  local direct pooler
  direct=$(server_port postgres15)
  pooler=$(server_port pooler-transaction)
  export PGPASSFILE=$servers/pgpass
  export DAYBOOK_DATABASE_URL=postgresql://daybook_ingest@127.0.0.1:$pooler/$database
  export DAYBOOK_ADMIN_DATABASE_URL=postgresql://postgres@127.0.0.1:$direct/$database
  [[ -s $PGPASSFILE ]] && return 0
  (
    umask 077
    printf '*:*:*:%s:%s\n' postgres "$(<"$servers/postgres15/password")" \
      daybook_ingest "$(random_password)" daybook_report "$(random_password)" \
      daybook_finance "$(random_password)" >"$PGPASSFILE"
  )
  postgres_psql "$servers/postgres15" -q -d postgres -c "CREATE DATABASE $database"
}

# password_of ROLE: from the password file.
password_of() { awk -F: -v role="$1" '$4 == role { print $5 }' "$PGPASSFILE"; }

# migrate_private_database: the schema, then the login roles that are members of its group roles.
migrate_private_database() {
  "$daybook" migrate up >&2
  DAYBOOK_INGEST_PASSWORD=$(password_of daybook_ingest) \
    DAYBOOK_REPORT_PASSWORD=$(password_of daybook_report) \
    DAYBOOK_FINANCE_PASSWORD=$(password_of daybook_finance) \
    postgres_psql "$servers/postgres15" -q -d "$database" -f "$lib/roles.sql"
}

# reporting ARGUMENT...: a daybook command that only reads, as the role of finance and auditors (the
# ingest role may not read whole rows). A database of the site is used as its URL says.
reporting() {
  DAYBOOK_DATABASE_URL=${DAYBOOK_DATABASE_URL/:\/\/daybook_ingest@/://daybook_report@} "$daybook" "$@"
}

# sql QUERY: one row of plain values separated by spaces.
sql() {
  psql -X -q -A -t -F ' ' -v ON_ERROR_STOP=1 \
    -d "${DAYBOOK_ADMIN_DATABASE_URL:-${DAYBOOK_DATABASE_URL:-}}" -c "$1"
}
