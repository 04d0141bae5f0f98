# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Real telemetry of model calls, made by the programs of others, for the check of the profiles.

emitters_python=  # their Python, set by install_emitters
otlp_dialects=(handmade 2024 2026 openinference openllmetry litellm litellm-v2)

# install_emitters: into the environment of LiteLLM, whose calls are part of it; fails (without ending the script) when
# PyPI is out of reach.
install_emitters() {
  local venv=$home/venv-litellm log=$home/pip-emitters.log wanted
  local files=(-r "$lib/litellm-requirements.txt" -r "$lib/emitters-requirements.txt")
  wanted=$(sha256sum "$lib/litellm-requirements.txt" "$lib/emitters-requirements.txt" | cut -d' ' -f1)
  emitters_python=$venv/bin/python
  [[ $(cat "$venv/.emitters" 2>/dev/null) != "$wanted" ]] || return 0
  have python3 || return 1
  [[ -x $venv/bin/pip ]] || python3 -m venv "$venv" || return 1
  say "installing instrumentations into .daybook/venv-litellm"
  if ! "$venv/bin/pip" install -q --disable-pip-version-check --no-deps "${files[@]}" >"$log" 2>&1; then
    tail -3 "$log" >&2
    return 1
  fi
  echo "$wanted" >"$venv/.emitters"
}

# emit_telemetry DIRECTORY: DIRECTORY/otlp and DIRECTORY/litellm; what they print is in DIRECTORY/*.log.
emit_telemetry() {
  local directory=$1 dialect litellm
  # LiteLLM cancels a callback that takes longer (20 s of its own accord: on a busy machine the first one compiles what
  # it imports), and what it had to tell is lost.
  local -x LOGGING_WORKER_MAX_TIME_PER_COROUTINE=600
  mkdir -p "$directory/otlp" "$directory/litellm"
  # It waits (for retries) more than it works.
  "$emitters_python" "$lib/emit_litellm.py" "$directory/litellm" >"$directory/litellm.log" 2>&1 9>&- &
  litellm=$!
  for dialect in "${otlp_dialects[@]}"; do
    say "calls as $dialect tells them"
    "$emitters_python" "$lib/emit_otlp.py" emit "$dialect" "$directory/otlp" >"$directory/$dialect.log" 2>&1 ||
      die "the instrumentation $dialect failed: $(tail -1 "$directory/$dialect.log")"
  done
  "$emitters_python" "$lib/emit_otlp.py" split "$directory/otlp"
  wait "$litellm" || die "LiteLLM failed: $(tail -1 "$directory/litellm.log")"
}
