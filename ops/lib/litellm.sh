# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Calls priced by the package litellm, for the differential test of Daybook's prices.

# prepare_litellm_cases: sets DAYBOOK_TEST_LITELLM to a directory with prices.json and cases.tsv; fails
# (without ending the script) when the package cannot be had. Made once for each version.
prepare_litellm_cases() {
  local venv=$home/venv-litellm cases=$home/litellm log=$home/pip.log
  local wanted
  wanted=$(cat "$lib/litellm-requirements.txt" "$lib/litellm_cases.py" | sha256sum)
  if [[ $(cat "$cases/.made-of" 2>/dev/null) != "$wanted" ]]; then
    have python3 || return 1
    [[ -x $venv/bin/pip ]] || python3 -m venv "$venv" || return 1
    say "installing litellm into .daybook/venv-litellm"
    if ! "$venv/bin/pip" install -q --disable-pip-version-check --no-deps \
      -r "$lib/litellm-requirements.txt" >"$log" 2>&1; then
      tail -3 "$log" >&2
      return 1
    fi
    mkdir -p "$cases"
    say "pricing calls with litellm"
    "$venv/bin/python" "$lib/litellm_cases.py" "$cases/prices.json" "$cases/cases.tsv" || return 1
    echo "$wanted" >"$cases/.made-of"
  fi
  DAYBOOK_TEST_LITELLM=$cases
  export DAYBOOK_TEST_LITELLM
}
