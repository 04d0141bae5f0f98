# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Runbooks of ingest: lag, owners, duplicates, refusals, halts.
# shellcheck disable=SC2034,SC2154 # of placeholders; of the script and its libraries

runbook_lag_growing() {
  as admin
  step 'daybook status' 0 "$topic"
  step psql 0 'daybook-ingest.* idle '
}

runbook_fenced() {
  as admin
  step 'daybook offsets list' 0 "$topic .*/1"
  step psql 0 'daybook-ingest.* idle '
}

runbook_duplicates() {
  as audit
  step 'daybook status' 0 'duplicates'
  step 'daybook offsets list' 0 "$topic"
  step 'daybook rejects summary' 0 conflicting_duplicate
  step 'daybook audit' 0 'everything adds up'
}

runbook_rejects_rising() {
  local topic=$topic partition offset item
  as audit
  event_batch | kcat -P -b "$DAYBOOK_KAFKA_BROKERS" -t "$events"
  wait_settled
  read -r partition offset < <(in_database "SELECT partition || ' ' || \"offset\" FROM rejected_records
    WHERE topic = '$topic' AND reason = 'bad_time' LIMIT 1")
  step 'daybook rejects summary' 0 "$topic .* bad_time"
  step 'daybook rejects list' 0 bad_time
  step 'daybook rejects show' 0 'reason: bad_time'
  topic=$events
  IFS='#' read -r partition offset item < <(by_item)
  step 'daybook rejects show' 0 "item: $item"
  step 'daybook rejects show' 0 '^payload: '
  echo '{}' >"$servers/record.ndjson"
  mention 'daybook validate' 65 missing_field
  as admin
  mention 'daybook partitions ensure' 0 'audit_logs_p'
}

# event_batch: a record of two CloudEvents, of which the second one says nothing.
event_batch() {
  jq -nc '[{id: "a", data: {tenant_id: "acme", actor_id: "u", action: "user.login"}}, {id: "b", data: {}}]
    | map(. + {specversion: "1.0", source: "/auth", type: "t", time: (now | todate)})'
}

# by_item: where an item was refused: partition, offset and item, with # between them.
by_item() {
  run 'daybook rejects list --topic security.audit-events.v1 --json' 2>>"$transcript" \
    | jq -r 'map(select(.item != null))[0] | "\(.partition)#\(.offset)#\(.item)"'
}

runbook_partition_halted() {
  local topic=$halting partition=0 position=
  as admin
  generate --topic "$halting=invocations" --generate 2500 --bad 0.9 --seed 7
  wait_until 30 is_halted || found "nothing is halted"
  step 'daybook offsets list' 0 reject_ratio
  step 'daybook rejects summary' 0 'bad_time'
  step 'daybook offsets resume' 0 'goes on at offset 1000'
  wait_until 30 is_halted || found "it is not halted again"
  step 'daybook offsets set' 0 'goes on at offset 0'
  wait_until 30 is_halted || found "it is not halted again from the beginning"
  step 'daybook offsets resume' 0 'refused records before 2500 do not halt it'
  wait_until 30 is_read || found "it does not go on"
  partition=7
  in_database "INSERT INTO ingest_offsets (cluster_id, topic, partition, next_offset, state, halt_reason, halt_detail,
    halted_at) SELECT cluster_id, topic, 7, 0, 'halted', 'partition_count_shrank', 'a test', now() FROM ingest_offsets
    WHERE topic = '$halting'"
  step 'daybook offsets forget' 0 'is forgotten'
  partition=0
  step 'daybook offsets set' 0 daybook_decide_offset
}

# is_halted: and stands still since the last look, so that no batch is on its way.
is_halted() {
  local before=$position
  position=$(in_database "SELECT state, next_offset, epoch FROM ingest_offsets WHERE topic = '$halting'")
  [[ $position == halted* && $position == "$before" ]]
}

# is_read: to its end.
is_read() { [[ $(in_database "SELECT next_offset FROM ingest_offsets WHERE topic = '$halting'") == 2500 ]]; }
