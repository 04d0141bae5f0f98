# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the producers have promised, beside what the database holds.

# compare_sums POSTGRES_DIRECTORY: every figure of $servers/produced.json (a report of `daybook produce --json` a line)
# and what `daybook audit` says; ends with exit code 1 if anything is not exact.
compare_sums() {
  local figures
  figures=$(
    postgres_psql "$1" -q -d "$database" <<SQL
CREATE TEMP TABLE produced (report jsonb NOT NULL);
\\copy produced FROM '$servers/produced.json'
\\i $lib/chaos_sums.sql
SQL
  )
  printf '%s\n' "$figures"
  reporting audit || exit
  [[ $figures != *DIFFERENT* ]] || not_exact "the figures differ"
}

# not_exact TEXT...: what was proven wrong; exit code 1.
not_exact() {
  say "${0##*/}: $*"
  exit 1
}
