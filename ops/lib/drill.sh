# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the drills share: a load, an ingester that nobody restarts, a protocol with times, and the sums at the end.

topics=(--topic security.audit-events.v1=audit_logs --topic ai.llm-invocations.v1=invocations)
partitions=4
rounds=4
step_seconds_max=120 # nothing that is waited for takes longer
producer=
ingester=
load_began=

# happened TEXT...: a line of the protocol, with the seconds since the load began.
happened() { printf '%7.1f s  %s\n' "$(seconds_since "$load_began")" "$*"; }

# start_load: $records in $load_seconds, in rounds, and then on at the same rate until the file `enough` is there.
start_load() {
  load_began=$EPOCHREALTIME
  produce_on 9>&- &
  producer=$!
}

produce_on() {
  local round
  trap - EXIT
  for ((round = 0; ; round++)); do
    if ((round >= rounds)) && [[ -e $servers/enough ]]; then return; fi
    "$daybook" produce "${topics[@]}" --generate "$((records / rounds))" --seed "$round" \
      --rate "$((records / load_seconds + 1))" --partition-by random --bad 0.05 --duplicates 0.02 --conflicts 0.01 \
      --without-cost 0.3 --json >>"$servers/produced.json" 2>>"$servers/produce.log" </dev/null || return
  done
}

# start_ingest: small batches, so that there are many.
start_ingest() {
  local ingest_options
  ingest_options "$broker"
  "$daybook" ingest "${topics[@]}" "${ingest_options[@]}" --workers 2 --batch-rows 1000 --batch-age 200 \
    >"$servers/ingest.log" 2>&1 </dev/null 9>&- &
  ingester=$!
}

# seen: how many of the producer's records are accounted for; fails while the database is away.
seen() { sql "SELECT coalesce(sum(seen), 0) FROM ingest_spans WHERE cluster_id <> 'daybook'" 2>/dev/null; }

# wait_seen COUNT: until so many are.
wait_seen() {
  wait_until "$step_seconds_max" has_seen "$1" ||
    die "fewer than $1 records were stored in $step_seconds_max s: $(tail -n 1 "$servers/ingest.log")"
}

# wait_more COUNT: until so many more are than now.
wait_more() { wait_seen $(($(seen) + $1)); }

has_seen() {
  local count
  kill -0 "$ingester" 2>/dev/null || die "daybook ingest has ended: $(tail -n 1 "$servers/ingest.log")"
  count=$(seen) && ((count >= $1))
}

# wait_commit SINCE: until a batch is committed after this $EPOCHREALTIME; $stall is how long that took.
wait_commit() {
  wait_until "$step_seconds_max" has_commit "$1" ||
    die "no commit for $step_seconds_max s: $(tail -n 1 "$servers/ingest.log")"
  stall=$(sql "SELECT round(extract(epoch FROM min(committed_at)) - $1, 1) FROM ingest_batches
    WHERE committed_at > to_timestamp($1)")
}

has_commit() {
  local count
  count=$(sql "SELECT count(*) FROM ingest_batches WHERE committed_at > to_timestamp($1)" 2>/dev/null) && ((count > 0))
}

# longest_gap SINCE: seconds between two commits of this server, from shortly before that $EPOCHREALTIME on.
longest_gap() {
  sql "SELECT round(max(extract(epoch FROM gap)), 1) FROM (
    SELECT committed_at - lag(committed_at) OVER (ORDER BY committed_at) AS gap
    FROM ingest_batches WHERE committed_at > to_timestamp($1) - interval '1 s') AS gaps"
}

# settle: the load ends, the same process stores the rest, and stops in order.
settle() {
  local produced
  : >"$servers/enough"
  wait "$producer" || die "the producer failed: $(tail -n 1 "$servers/produce.log")"
  producer=
  produced=$(jq -s 'map(.produced) | add' "$servers/produced.json")
  happened "the load has ended: $(grouped "$produced") records"
  wait_seen "$produced"
  happened "every record is accounted for"
  kill -TERM "$ingester"
  wait "$ingester" || die "daybook ingest did not stop in order; see $servers/ingest.log"
  ingester=
}

# is_primary DIRECTORY: whether it accepts writes.
is_primary() { [[ $(in_server "$1" 'SELECT pg_is_in_recovery()' 2>/dev/null) == f ]]; }

# take_over: the copy is the primary from now on: as the runbook says, the pooler's ini leads there, and RELOAD.
take_over() {
  local ini=$servers/pooler-transaction/pgbouncer.ini
  primary=$copy
  sed -i "/^\[databases\]/a daybook = host=127.0.0.1 port=$(<"$primary/port") dbname=$database" "$ini"
  psql -X -q -h 127.0.0.1 -p "$(server_port pooler-transaction)" -U postgres -d pgbouncer -c RELOAD
  happened "the pooler leads to it"
}

# ask_copy: Daybook's direct connection goes to $database of the copy.
ask_copy() {
  DAYBOOK_ADMIN_DATABASE_URL=postgresql://postgres@127.0.0.1:$(<"$copy/port")/$database
  export DAYBOOK_ADMIN_DATABASE_URL
}
