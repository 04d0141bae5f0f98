# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Runbooks of prices, rollups and months.
# shellcheck disable=SC2034,SC2154 # of placeholders; of the script and its libraries

runbook_unpriced_records() {
  as finance
  calls_without_price | "$daybook" produce --topic "$topic" - >/dev/null 2>>"$servers/produce.log"
  wait_until 30 are_stored || die "the calls without a price do not come"
  step 'daybook prices missing' 0 'acme_ai .* unknown_model'
  step 'daybook prices show' 0 '1.25'
  step 'daybook prices import' 0 'nothing was changed'
  step 'daybook prices set' 0 '\+ acme_ai/model'
  step 'daybook reprice' 0 '[0-9]+ calls looked at, would change'
  price_everything
}

# price_everything: as a runbook says of a model that is our own, and for the month that is to be closed.
price_everything() {
  by_the_way "daybook prices set vllm/llama-3.3-70b-instruct --input 0 --output 0 --effective-from $last_month-01 \
    --reason ours"
  by_the_way "daybook reprice --from $last_month-01 --to $this_month-28 --reason 'priced now'"
}

# calls_without_price: of a model that nobody knows.
calls_without_price() {
  jq -nc --arg month "$this_month" 'range(3) | {invocation_id: "00000000-0000-7000-8000-00000000000\(.)",
    occurred_at: "\($month)-01T00:00:0\(.)Z", tenant_id: "acme", provider: "acme_ai", request_model: "model",
    input_tokens: 10, output_tokens: 20}'
}

are_stored() { [[ $(in_database "SELECT count(*) FROM invocations WHERE provider = 'acme_ai'") == 3 ]]; }

runbook_rollup_drift() {
  local tenant=acme
  as finance
  in_database "UPDATE costs_daily SET cost = cost + 1 WHERE ctid = (SELECT ctid FROM costs_daily
    WHERE tenant_id = 'acme' AND day < '$this_month-01' LIMIT 1)"
  step 'daybook reconcile' 1 '1 differences, 1 left'
  step 'daybook reconcile' 1 'acme .* open'
  step psql 0 'acme .* -1.0'
  mention 'daybook reconcile' 0 'repaired'
  as admin
  mention 'daybook maintain --loop' 0 'job ended'
  as finance
  by_the_way 'daybook reconcile'
}

runbook_closing_a_month() {
  as finance
  if ((${#only[@]})); then price_everything; fi
  step 'daybook periods list' 0 "$last_month +open"
  step 'daybook prices missing' 0 'no_usage'
  step 'daybook periods close' 0 'would be closed as version 1'
  step 'daybook periods close' 0 'version 1, closed .*month end'
  step 'daybook periods show' 0 '^$'
  jq -e '.sha256 and .version == 1' "$servers/desk/statement-$last_month.json" >/dev/null ||
    found "no statement is kept"
  mention 'daybook periods show' 0 '^acme .* USD '
  mention 'daybook periods reopen' 0 "$last_month is open"
  by_the_way "daybook periods close $last_month --reason again"
}
