# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Runbooks of the servers: database, pooler, clocks, memory, exporters.
# shellcheck disable=SC2034,SC2154 # of placeholders; of the script and its libraries

no_cluster='there is no Kubernetes here'

runbook_process_down() {
  as audit
  elsewhere systemctl ops/lib/units.sh
  nothing_here 'kubectl -n daybook get pods' "$no_cluster"
  nothing_here 'kubectl -n daybook logs' "$no_cluster"
  step 'daybook status' 0 "$topic .* active .*/1"
  step 'curl -s' 0 '^ready$'
}

runbook_metrics_missing() {
  as postgres
  start_exporter
  step 'curl -s' 0 '^pg_up 1'
  step psql 0 'pg_stat_statements'
  step psql 0 'CREATE EXTENSION'
  step psql 0 'daybook_monitor'
  nothing_here 'curl -s' 'yet-another-cloudwatch-exporter asks AWS'
  mention 'GRANT pg_monitor' 0 'GRANT ROLE'
}

start_exporter() {
  DATA_SOURCE_NAME="$(direct daybook_monitor postgres15 daybook)?sslmode=verify-full&sslrootcert=$certificates/ca.crt" \
    helper prometheus-postgres-exporter --web.listen-address=127.0.0.1:"$exporter_port"
  wait_until 10 answers "$exporter_port" || die "the exporter does not start; see $servers/helpers.log"
}

runbook_memory() {
  as admin
  step 'daybook config show' 0 'batch_age .* 200 .*daybook.conf'
  elsewhere systemctl ops/lib/units.sh
  step 'ps -o' 0 'daybook ingest'
  step psql 0 work_mem
  step psql 0 'daybook_ingest.* idle '
  step psql 0 temp_bytes
  as postgres
  mention 'ALTER ROLE' 0 'ALTER ROLE'
}

runbook_clock_off() {
  as admin
  step 'date -u' 0 '^20.*Z$'
  elsewhere timedatectl ops/lib/units.sh
  if ((EUID == 0)); then
    start_chrony
    step 'chronyc tracking' 0 'Leap status'
  else
    nothing_here 'chronyc tracking' 'only root may start a chronyd'
  fi
  step psql 0 '^20.*\+00'
}

# start_chrony: with -x it leaves the clock alone.
start_chrony() {
  mkdir -p /run/chrony
  printf '%s\n' 'cmdport 323' 'port 0' "pidfile $servers/chronyd.pid" >"$servers/chrony.conf"
  helper chronyd -x -d -f "$servers/chrony.conf"
  wait_until 10 chronyc -n tracking >/dev/null || say "chronyd does not start; see $servers/helpers.log"
}

runbook_certificate_expires() {
  cat "$certificates/ca.crt" "$certificates/other.crt" >"$certificates/authorities.crt"
  step 'openssl x509' 0 '^notAfter='
  step 'openssl crl2pkcs7' 0 'Subject: CN ?= ?daybook check other'
  [[ $(grep -c 'Not After' <<<"$answer") == 2 ]] || found "it does not say when both authorities end"
}

runbook_redis() {
  helper redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --dir "$servers" --slowlog-log-slower-than 0
  wait_until 10 answers "$redis_port" || die "Redis does not start; see $servers/helpers.log"
  by_the_way "redis-cli -h 127.0.0.1 -p $redis_port SET session 1"
  step 'redis-cli' 0 maxmemory_policy
  step 'redis-cli' 0 evicted_keys
  step 'redis-cli' 0 'Sampled 1 keys'
  step 'redis-cli' 0 'SET'
  step 'redis-cli' 0 connected_clients
  mention 'CONFIG SET' 0 'OK|modified Jemalloc'
}

runbook_cache_hit_ratio() {
  as admin
  step psql 0 invocations
  step psql 0 'SELECT|INSERT|COPY'
  step psql 0 effective_cache_size
}

runbook_database_cpu() {
  as admin
  somebody 'SELECT pg_sleep(60)'
  step psql 0 'daybook_report .*pg_sleep'
  step psql 0 'ms .* query'
  step psql 0 heap_blks_scanned
  step 'daybook status' 0 "$topic"
  as postgres
  mention 'SELECT pg_cancel_backend' 0 ' t$'
  wait_until 10 is_nobody || found "the query goes on"
}

runbook_slow_queries() {
  as admin
  somebody 'SELECT pg_sleep(60)'
  step psql 0 'blocked_by|daybook_report .*pg_sleep'
  step psql 0 'mean_ms'
  step psql 0 'invocations|costs_monthly'
  step ops/slow-queries 0 log.html
  as audit
  step psql 0 'Execution Time'
  as postgres
  mention 'SELECT pg_cancel_backend' 0 ' t$'
  mention 'ANALYZE' 0 ANALYZE
  mention 'VACUUM' 0 VACUUM
}

runbook_disk_full() {
  as admin
  step psql 0 'daybook .* MB'
  step psql 0 invocations
  step psql 0 ' MB'
  step psql 0 'replica .* t .* reserved'
  step psql 0 ' [1-9][0-9]* \| 20'
  step psql 0 temp_files
  step 'daybook partitions check' 1 'rows_outside'
  step 'daybook partitions list' 0 'invocations_p'
  as postgres
  mention VACUUM 0 VACUUM
}

runbook_wraparound() {
  as admin
  in_database "BEGIN; PREPARE TRANSACTION 'forgotten'" >/dev/null
  somebody 'SELECT pg_sleep(60)'
  step psql 0 'daybook '
  step psql 0 'pg_'
  step psql 0 'daybook_report .*active'
  step psql 0 replica
  step psql 0 'forgotten .* postgres'
  step psql 0 heap_blks_vacuumed
  as postgres
  mention 'SELECT pg_terminate_backend' 0 ' t$'
  mention 'ROLLBACK PREPARED' 0 'ROLLBACK PREPARED'
  mention VACUUM 0 'aggressively vacuuming'
  mention 'ALTER SYSTEM' 0 'ALTER SYSTEM'
  mention 'SELECT pg_reload_conf' 0 ' t$'
}

runbook_replication_lag() {
  as admin
  in_database "SELECT pg_create_physical_replication_slot('gone', true)" >/dev/null
  step psql 0 'streaming'
  step psql 0 'gone .* f '
  step psql 0 ' t$'
  step psql 0 'age .* query'
  as postgres
  mention 'SELECT pg_drop_replication_slot' 0 pg_drop_replication_slot
}

runbook_pool_exhaustion() {
  as admin
  somebody 'SELECT pg_sleep(60)'
  step psql 0 'daybook_ingest .* transaction'
  step psql 0 'daybook .* 20 '
  step psql 0 'daybook_ingest .*daybook-ingest'
  step psql 0 'daybook_report .* active '
  step psql 0 'daybook_ingest .* 450'
  step psql 0 ' 200$'
  as postgres
  mention 'SELECT pg_terminate_backend' 0 ' t$'
  mention 'ALTER ROLE' 0 'ALTER ROLE'
}

runbook_rotate_credentials() {
  as postgres
  step psql 0 ''
  sed -i 's/^\(.*:daybook_ingest\):.*/\1:yes/' "$PGPASSFILE"
  step psql 0 RECONNECT
  elsewhere systemctl ops/lib/units.sh
  nothing_here 'kubectl -n daybook rollout' "$no_cluster"
  generate --topic "$topic=invocations" --generate 100 --tenants 5 --seed 90
  wait_settled
  step psql 0 'daybook_ingest .*daybook-ingest'
  process=$(in_database "SELECT pid FROM pg_stat_activity WHERE usename = 'daybook_ingest' LIMIT 1")
  mention 'SELECT pg_terminate_backend' 0 ' t$'
  as audit
  step 'daybook status' 0 "$topic .* active "
}

runbook_database_failover() {
  as admin
  step 'daybook status' 0 "$topic"
  step psql 0 ' f$'
}
