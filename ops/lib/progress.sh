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

# show_line TEXT: refresh the one line of a terminal; elsewhere a line now and then.
show_line() {
  if [[ -t 2 ]]; then
    printf '\r\033[K%s' "$1" >&2
  elif ((SECONDS >= ${next_line:-0})); then
    next_line=$((SECONDS + 5))
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

# follow SINCE EXPECTED PRODUCER INGESTER SUMMARY: show how the ledger grows until the producer process has
# ended and everything in its SUMMARY is accounted for. Fails when a process fails or nothing moves.
follow() {
  local since=$1 expected=$2 producer=$3 ingester=$4 summary=$5
  local produced='' seen=0 stored=0 duplicates=0 rejected=0 before=0 moved=$SECONDS
  local began=$EPOCHREALTIME rate=0 line=
  while [[ -z $produced ]] || ((seen < produced)); do
    sleep 0.5
    kill -0 "$ingester" 2>/dev/null || die "daybook ingest ended: $(tail -n 1 "$servers/ingest.log")"
    if [[ -z $produced ]] && ! kill -0 "$producer" 2>/dev/null; then
      wait "$producer" || die "$(tail -n 1 "$servers/produce.log")"
      produced=$(jq -r .produced "$summary")
      expected=$produced
    fi
    read -r seen stored duplicates rejected < <(totals "$since")
    if ((seen > before)); then moved=$SECONDS; fi
    ((SECONDS - moved < 60)) || die "nothing has moved for 60 s; see $servers/ingest.log"
    before=$seen
    rate=$(awk -v n="$seen" -v s="$(seconds_since "$began")" 'BEGIN { printf "%d", n / s }')
    line="  $(bar "$seen" "$expected") $(grouped "$seen") of $(grouped "$expected")  $(
    )stored $(grouped "$stored"), duplicates $(grouped "$duplicates"), rejected $(
    )$(grouped "$rejected")  $(grouped "$rate")/s"
    show_line "$line"
  done
  end_line "$line"
}
