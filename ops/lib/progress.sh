# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The live line of the demo.

# totals SINCE: what the ledger has accounted for since then: seen stored duplicates rejected.
totals() {
  sql "SELECT coalesce(sum(seen), 0), coalesce(sum(stored), 0), coalesce(sum(duplicates), 0),
    coalesce(sum(rejected), 0) FROM ingest_batches WHERE committed_at >= '$1'"
}

# grouped NUMBER: with thousands separators.
grouped() {
  local number=$1 out=
  while ((${#number} > 3)); do
    out=,${number: -3}$out
    number=${number:0:${#number}-3}
  done
  echo "$number$out"
}

# show_line TEXT: refresh the one line of a terminal; elsewhere a line now and then, and none twice in a row.
show_line() {
  if [[ -t 2 ]]; then
    printf '\r\033[K%s' "$1" >&2
  elif [[ $1 == "${last_line:-}" ]]; then
    return 0
  elif ((SECONDS >= ${next_line:-0})); then
    next_line=$((SECONDS + 5))
    last_line=$1
    say "$1"
  fi
}

# end_line TEXT: leave the last state standing.
end_line() {
  next_line=0
  show_line "$1"
  if [[ -t 2 ]]; then printf '\n' >&2; fi
}

# bar DONE ALL: 20 characters wide.
bar() {
  local filled=$(($1 >= $2 ? 20 : $1 * 20 / $2)) full='####################' empty='....................'
  echo "[${full:0:filled}${empty:0:20-filled}]"
}

# follow SINCE EXPECTED INGESTER: show how the ledger grows until so many records are accounted for. Fails when the
# process ends or nothing moves.
follow() {
  local since=$1 expected=$2 ingester=$3
  local seen=0 stored=0 duplicates=0 rejected=0 before=0 moved=$SECONDS
  local began=${EPOCHREALTIME/./} rate=0 line=
  while ((seen < expected)); do
    sleep 1
    kill -0 "$ingester" 2>/dev/null || die "daybook ingest ended: $(tail -n 1 "$servers/ingest.log")"
    read -r seen stored duplicates rejected < <(totals "$since")
    if ((seen > before)); then moved=$SECONDS; fi
    ((SECONDS - moved < still_seconds_max)) || die_standing_still
    before=$seen
    rate=$((seen * 1000000 / (${EPOCHREALTIME/./} - began)))
    line="  $(bar "$seen" "$expected") $(grouped "$seen") of $(grouped "$expected")  $(
    )stored $(grouped "$stored"), duplicates $(grouped "$duplicates"), rejected $(
    )$(grouped "$rejected")  $(grouped "$rate")/s"
    show_line "$line"
  done
  end_line "$line"
}

still_seconds_max=120

# die_standing_still: what the ingester complained about last, and what a person can do.
die_standing_still() {
  local complaint
  complaint=$(jq -rR 'fromjson? | select(.level == "error" or .level == "warn")
    | [.msg, .error, .text, .why, .detail, .remedy] | map(strings) | join("; ")' "$servers/ingest.log" | tail -n 1)
  die "nothing was stored for $still_seconds_max s.
  The last complaint of daybook ingest: ${complaint:-none}
  All of them: $servers/ingest.log
  If the machine is only busy, try fewer records (--records 50000)${broker:+, or an Apache Kafka (KAFKA_HOME)}. $(
    )If it is not, the log above belongs into a bug report."
}
