# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A site as ops/postgres and ops/pgbouncer describe it: PostgreSQL 15 with the profile of an instance class, PgBouncer
# with TLS on both sides. In $servers, of whoever asks; passwords are those of a test.

postgres=     # the directory of the server
declare -A site_passwords=([ingest]='open sesame' [pgbouncer]='of the pooler' [pgbouncer_stats]='of the exporter'
  [pgbouncer_admin]='of the console')

# site_prepare: a cluster that reads daybook.conf, with the profiles and a certificate in its directory.
site_prepare() {
  make_certificates "$servers/certificates"
  server_start postgres15
  server_stop postgres15
  postgres=$servers/postgres15
  cp "$certificates/server.crt" "$certificates/server.key" "$postgres/data/"
  own "$postgres/data/profiles"
  cp "$root"/ops/postgres/*.conf "$postgres/data/profiles/"
  echo "include 'daybook.conf'" >>"$postgres/data/postgresql.conf"
  if ((EUID == 0)); then chown -R postgres: "$postgres/data/"; fi
}

# site_start CLASS [LINE...]: the server with the profile, and with these lines behind it.
site_start() {
  local class=$1
  shift
  server_stop postgres15
  as_server_user tee "$postgres/data/daybook.conf" >/dev/null <<CONF
include 'profiles/$class.conf'
include 'profiles/self-hosted.conf'
include 'profiles/replica.conf'
shared_buffers = 128MB # this machine may have less memory
$(if (($#)); then printf '%s\n' "$@"; fi)
CONF
  server_start postgres15
}

# superuser ARGUMENT...: psql that prints nothing but values.
superuser() { postgres_psql "$postgres" -q -A -t "$@"; }

# site_logins: the logins of roles.up.sql and pgAudit, twice: they may be run again.
site_logins() {
  local file
  for file in roles.up roles.up pgaudit.up pgaudit.up; do
    superuser -d daybook -f "$root/ops/postgres/$file.sql"
  done
  superuser -d daybook -c "CREATE EXTENSION pg_stat_statements"
}

# site_pooler MODE: with its ini, but for hosts and paths, and logins that the database knows.
site_pooler() {
  local directory=$servers/pooler-$1 login
  own "$directory"
  free_ports 1 >"$directory/port"
  superuser -d daybook -f "$root/ops/pgbouncer/auth.up.sql"
  superuser -d daybook -c "ALTER ROLE pgbouncer PASSWORD '${site_passwords[pgbouncer]}'"
  for login in pgbouncer pgbouncer_stats pgbouncer_admin; do printf '"%s" "%s"\n' "$login" "${site_passwords[$login]}"; done \
    >"$directory/userlist.txt"
  cp "$certificates/server.key" "$certificates/server.crt" "$certificates/ca.crt" "$directory/"
  sed -e "s|host=[a-z.]* port=5432|host=localhost port=$(server_port postgres15)|" \
    -e "s|^listen_port = .*|listen_port = $(<"$directory/port")|" -e "s|^listen_addr = .*|listen_addr = 127.0.0.1|" \
    -e "s|/etc/pgbouncer|$directory|" \
    -e "s|^logfile = .*|logfile = $directory/log|; s|^pidfile = .*|pidfile = $directory/pid|" \
    "$root/ops/pgbouncer/$1.ini" >"$directory/pgbouncer.ini"
  launch_pooler "$directory"
}

# site_pooler_conninfo MODE: how a client reaches it; without login and database.
site_pooler_conninfo() {
  echo "host=localhost port=$(server_port "pooler-$1") sslmode=verify-full sslrootcert=$certificates/ca.crt"
}
