# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Runs the commands of a runbook as they stand, one after the other, and looks at what they answer.

# What a runbook leaves to its reader, and what it is here: runbook (* for all), its words, a shell's expression that is
# evaluated when the command runs. Nothing else of a command is changed.
# shellcheck disable=SC2016
placeholders=(
  '*' /srv/backup/daybook-20261129T030000Z '$backup'
  '*' /srv/backup '$servers/backup'
  '*' /srv/archive/invocations_p20250801.manifest.json '$manifest'
  '*' /srv/archive '$archive'
  '*' /var/log/postgresql/postgresql-15-main.log '$(server_log)'
  '*' kafka-1.example:9093 '$DAYBOOK_KAFKA_BROKERS'
  '*' postgresql://admin@db.example:5432/restored '$(direct daybook_audit postgres15 restored)'
  '*' postgresql://admin@new.example:5432/daybook '$(direct daybook_audit postgres15 daybook)'
  '*' postgresql://admin@replica.example:5432/daybook '$(direct daybook_audit postgres15-copy daybook)'
  '*' 127.0.0.1:9464 '127.0.0.1:$metrics_port'
  '*' EXPORTER:9187 '127.0.0.1:$exporter_port'
  '*' /etc/daybook/daybook.conf '$servers/daybook.conf'
  redis '-h HOST' '-h 127.0.0.1 -p $redis_port'
  '*' ' MANIFEST' ' $manifest'
  '*' '-certfile FILE' '-certfile $certificates/authorities.crt'
  '*' '-in FILE' '-in $certificates/server.crt'
  unpriced-records 'import FILE' 'import $lib/demo_prices.json'
  unpriced-records 'MODEL --provider PROVIDER' 'gpt-5 --provider openai'
  unpriced-records 'PROVIDER/MODEL …' 'acme_ai/model --input 1 --output 2 --per 1000000'
  unpriced-records '--effective-from T' '--effective-from $last_month-01'
  unpriced-records '--from T --to T' '--from $last_month-01 --to $this_month-01'
  '*' '--topic TOPIC' '--topic $topic'
  '*' '--partition P' '--partition $partition'
  '*' '--offset N' '--offset $offset'
  rejects-rising 'show …' 'show --topic $topic --partition $partition --offset $offset'
  rejects-rising '--item N' '--item $item'
  partition-halted 'set …' 'set --topic $topic --partition $partition --to low --reason why'
  '*' '--from 2026-01 --to 2026-07' '--from $expired_month --to $this_month'
  '*' '--tenant acme' '--tenant $tenant'
  closing-a-month 2026-09-05T00:00:00Z '$(date -u +%FT%TZ)'
  '*' 2026-08-21T00:00:00Z '${last_month}-21T00:00:00Z'
  partman '--from 2026-08 --to 2026-08' '--from $expired_month --to $expired_month'
  '*' 2026-08 '$last_month'
  legal-hold 'release 3' 'release $hold'
  retirement-stuck "'PARTITION'" "'\$leaving'"
  retirement-stuck "'TABLE'" "'audit_logs'"
  retirement-stuck '--into OTHER' '--into other'
  retirement-stuck 'ALTER TABLE …' 'ALTER TABLE $leaving'
  rejects-rising '--table TABLE' '--table audit_logs'
  rejects-rising '--from YYYY-MM --to YYYY-MM' '--from $stuck_month --to $stuck_month'
  rejects-rising ' FILE' ' $servers/record.ndjson'
  '*' '(PID)' '($process)'
  '*' TABLE_NAME 'costs_daily'
  '*' "'SLOT'" "'gone'"
  '*' "'GID'" "'forgotten'"
  pool-exhaustion 'ROLE …' 'ROLE daybook_report'
  memory 'ROLE … SET work_mem' "ROLE daybook_report SET work_mem = '4MB'"
  maintenance-stale 'TO …' 'TO daybook_report'
  metrics-missing 'GRANT pg_monitor TO' 'GRANT pg_monitor TO daybook_report'
  rollup-drift 'daybook maintain --loop' 'timeout --preserve-status 3 daybook maintain --loop'
  slow-queries QUERY 'SELECT sum(cost) FROM costs_daily'
  point-in-time-recovery '2026-11-29 09:14:00+00' '$moment'
  point-in-time-recovery 'cp WAL/' 'cp $servers/wal/'
  point-in-time-recovery BACKUP '$servers/pitr/base'
  point-in-time-recovery NEW '$servers/pitr/new'
)

runbook=      # its name
commands=()   # what of it has not been run yet, the first one first
answer=       # what the last one printed
ran=0         # of this runbook
opened=       # when, an $EPOCHREALTIME
ran_in_all=0
elsewhere=0
absent=()     # commands without a counterpart here, with the reason
findings=0

# read_runbook NAME: what follows is about this one.
read_runbook() {
  runbook=$1
  ran=0
  opened=$EPOCHREALTIME
  [[ -r $root/ops/runbooks/$1.md ]] || die "there is no runbook $1"
  mapfile -d '' commands < <(python3 "$lib/runbook_commands.py" "$root/ops/runbooks/$1.md")
  cp "$servers/environment" "$servers/shell"
  printf '\n######## %s\n' "$1" >>"$transcript"
}

# read_to_its_end: every command was run, or said to have no counterpart.
read_to_its_end() {
  local command
  for command in "${commands[@]}"; do found "nothing is known about: ${command#* }"; done
  ran_in_all=$((ran_in_all + ran))
  say "$(printf '%-28s %2d commands %5.1f s' "$runbook" "$ran" "$(seconds_since "$opened")")"
}

# found TEXT...: something is wrong.
found() {
  findings=$((findings + 1))
  say "$runbook: $*"
}

# take BEGIN: the next command, which begins so, in $command. Where runbook and check have gone apart, the rest of the
# runbook is not run.
take() {
  command=${commands[0]-}
  if [[ ${command#* } != "$1"* ]]; then
    found "expected '$1', found '${command#* }'"
    return 1
  fi
  commands=("${commands[@]:1}")
}

# meant COMMAND: with what stands for the placeholders here.
meant() {
  local text=$1 index value
  for ((index = 0; index < ${#placeholders[@]}; index += 3)); do
    [[ ${placeholders[index]} == '*' || ${placeholders[index]} == "$runbook" ]] || continue
    [[ $text == *"${placeholders[index + 1]}"* ]] || continue
    eval "value=\"${placeholders[index + 2]}\""
    text=${text//"${placeholders[index + 1]}"/"$value"}
  done
  printf '%s' "$text"
}

# mention BEGIN CODE ANSWER: the same for a command of the runbook's text, which may run when its situation is there.
mention() {
  local index
  for index in "${!commands[@]}"; do
    [[ ${commands[index]} == "text $1"* ]] || continue
    commands=("${commands[index]}" "${commands[@]:0:index}" "${commands[@]:index + 1}")
    step "$@"
    return
  done
  found "its text has no command that begins with '$1'"
}

# step BEGIN CODE ANSWER: the next command of the runbook begins so, ends with this code, and its answer has a match of
# this regular expression.
step() {
  local command literal code=0
  take "$1" || return 0
  literal=$(meant "${command#* }")
  printf '\n%s$ %s\n' "$login" "$literal" >>"$transcript"
  if [[ $command == sql\ * || $literal =~ ^(SELECT|VACUUM|ANALYZE|ALTER|GRANT|ROLLBACK)\  ]]; then
    literal="psql -v ON_ERROR_STOP=1 \"\$DAYBOOK_ADMIN_DATABASE_URL\" <<'SQL'"$'\n'"$literal"$'\nSQL'
  elif [[ $literal == CONFIG\ * ]]; then
    literal="redis-cli -h 127.0.0.1 -p $redis_port $literal"
  fi
  run "$literal" >"$servers/answer" 2>&1 || code=$?
  answer=$(<"$servers/answer")
  printf '%s\n[%s]\n' "$answer" "$code" >>"$transcript"
  ran=$((ran + 1))
  if ((code != $2)); then
    found "exit code $code instead of $2 from '$literal': $(tail -n 2 <<<"$answer")"
  elif [[ -n $3 ]] && ! grep -qE -e "$3" <<<"$answer"; then
    found "no /$3/ in the answer to '$literal': $(head -n 5 <<<"$answer")"
  fi
}

# by_the_way COMMAND [CODE]: what the situation of a runbook, or the words between its commands, want.
by_the_way() {
  local code=0
  printf '\n%s, by the way: %s\n' "$login" "$1" >>"$transcript"
  run "$1" >>"$transcript" 2>&1 || code=$?
  ((code == ${2:-0})) || found "exit code $code from what was done by the way: $1"
}

# run COMMAND: in a shell that knows what the commands before it have exported and nothing of ours, at the operator's desk.
# shellcheck disable=SC2016 # the other shell fills these in
run() {
  (cd "$servers/desk" && exec timeout 60 "${user[@]}" env -i PATH="$PATH" HOME="$servers/desk" \
    python3 "$lib/at_terminal.py" bash -c '. "$0"; eval "$1"; code=$?; export -p >"$0"; exit "$code"' \
    "$servers/shell" "$1") 9>&-
}

# elsewhere BEGIN FILE: the next command runs as it stands in another check, from this file.
elsewhere() {
  local command
  take "$1" || return 0
  command=${command#* }
  command=${command%%  *#*}
  grep -qF -- "$command" "$root/$2" || found "'$command' is not in $2"
  elsewhere=$((elsewhere + 1))
}

# nothing_here BEGIN REASON: the next command has no counterpart on this machine.
nothing_here() {
  local command
  take "$1" || return 0
  absent+=("$runbook: ${command#* }: $2")
}
