# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Runbooks of backups and of servers that are lost. After each, ingest has to go on.
# shellcheck disable=SC2034,SC2154 # of placeholders; of the script and its libraries

runbook_backup_and_restore() {
  as backup
  step 'ops/backup schema' 0 'kept: .*the first'
  in_database "CREATE TABLE release_notes (a int)"
  step 'ops/backup schema' 0 'release_notes'
  step 'ops/backup dump' 0 '^ok: '
  backup=$(compgen -G "$servers/backup/daybook-*")
  step 'ops/backup verify' 0 '^ok: '
  as postgres
  knows PGHOST=localhost "PGPORT=$(server_port postgres15)" PGUSER=postgres
  step 'psql -d postgres' 0 'ALTER ROLE'
  step createdb 0 '^$'
  step pg_restore 0 '^$'
  step 'export' 0 '^$'
  step 'daybook verify-restore' 0 'go_on_from'
  lead_pooler "$(server_port postgres15)" restored
  step psql 0 RELOAD
  goes_on restored
  lead_pooler "$(server_port postgres15)" daybook
  by_the_way "psql \"\$DAYBOOK_POOLER_ADMIN_URL\" -c RELOAD"
  goes_on daybook
}

# lead_pooler PORT DATABASE: what the runbooks want in pgbouncer.ini.
lead_pooler() {
  sed -i "s/^daybook = .*/daybook = host=localhost port=$1 dbname=$2/" "$servers/pooler-transaction/pgbouncer.ini"
}

# goes_on DATABASE: what comes now is stored there.
goes_on() {
  local before
  before=$(postgres_psql "$primary" -q -A -t -d "$1" -c 'SELECT count(*) FROM audit_logs')
  generate --topic "$events=audit_logs" --generate 20 --seed "$RANDOM"
  wait_until 60 has_more "$1" "$before" || found "ingest does not go on in $1: $(tail -n 2 "$servers/ingest.log")"
}

has_more() {
  local count
  count=$(postgres_psql "$primary" -q -A -t -d "$1" -c 'SELECT count(*) FROM audit_logs' 2>/dev/null) \
    && ((count >= $2 + 20))
}

# The new server takes the place of the old one, at its address. Then the old one comes back for the next runbook.
runbook_point_in_time_recovery() {
  local old=$primary moment segment
  as postgres
  own "$servers/pitr"
  if ((EUID == 0)); then
    user=(runuser -u postgres --)
    chown postgres: "$servers/shell"
    knows "PGPASSFILE=$servers/wal/pgpass"
  fi
  knows "PGHOST=$(<"$primary/socket")" "PGPORT=$(server_port postgres15)" PGUSER=postgres
  step pg_basebackup 0 'have been archived'
  step pg_verifybackup 0 'backup successfully verified'
  goes_on daybook
  moment=$(in_database 'SELECT clock_timestamp()')
  goes_on daybook
  step psql 0 '[0-9A-F]{24}'
  segment=$(grep -oE '[0-9A-F]{24}' <<<"$answer")
  wait_until 30 archived "$segment" || found "$segment is not archived"
  step psql 0 "$segment"
  server_stop postgres15
  step 'cp -a' 0 '^$'
  step 'cat >>' 0 '^$'
  step touch 0 '^$'
  step pg_ctl 0 'server started'
  mkdir -p "$servers/postgres15-new"
  cp "$old/port" "$servers/postgres15-new/"
  echo "$servers/wal" >"$servers/postgres15-new/socket"
  primary=$servers/postgres15-new
  user=()
  chown root: "$servers/shell" 2>/dev/null || true
  knows "PGPASSFILE=$PGPASSFILE"
  step 'export' 0 '^$'
  step 'daybook verify-restore' 0 'go_on_from'
  step psql 0 RELOAD
  goes_on daybook
  wait_settled
  step 'daybook status' 0 "$topic"
  step 'daybook audit' 0 'everything adds up'
  stop_restored
  primary=$old
  server_start postgres15
  on_rds daybook-restored
}

archived() { [[ $(in_database "SELECT last_archived_wal >= '$1' FROM pg_stat_archiver") == t ]]; }

stop_restored() {
  as_server_user "$(postgres_programs postgres15)/pg_ctl" -D "$servers/pitr/new" -m fast -w stop >>"$transcript"
}

# on_rds ANSWER: the next command, which asks RDS, where there are a database and its replica.
on_rds() {
  if ! install_s3; then
    nothing_here 'aws rds' 'moto and awscli cannot be installed from PyPI'
    return
  fi
  server_start s3
  ln -sf "$(aws_program)" "$servers/bin/aws"
  knows "AWS_ENDPOINT_URL=http://127.0.0.1:$(server_port s3)" AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test \
    AWS_DEFAULT_REGION=eu-west-1
  by_the_way "aws rds describe-db-instances --db-instance-identifier daybook-replica >/dev/null 2>&1 || {
    aws rds create-db-instance --db-instance-identifier daybook --db-instance-class db.t3.medium --engine postgres \
      --backup-retention-period 7 --master-username admin --master-user-password of-a-test --allocated-storage 20
    aws rds create-db-instance-read-replica --db-instance-identifier daybook-replica \
      --source-db-instance-identifier daybook; }"
  step 'aws rds' 0 "$1"
}

runbook_regional_promotion() {
  as postgres
  server_kill postgres15
  rm -rf "$(<"$primary/socket")"
  step psql 0 '[0-9A-F]/[0-9A-F]+ +\| +[0-9A-F]+/'
  step psql 0 ' t$'
  primary=$copy
  lead_pooler "$(server_port postgres15-copy)" daybook
  step psql 0 RELOAD
  step 'export' 0 '^$'
  step 'daybook verify-restore' 0 'go_on_from'
  goes_on daybook
  step 'daybook status' 0 "$topic"
  wait_settled
  by_the_way 'daybook audit'
  on_rds daybook-replica
}
