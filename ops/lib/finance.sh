# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What finance reads Daybook with, for tests: SQLAlchemy 2 with psycopg2, and the validator of FOCUS.

# The validator wants Python 3.12 for one line of its source; check_focus.py mends it for Debian's 3.11.
finance_wheels=('SQLAlchemy==2.1.9' 'psycopg2-binary==2.9.13' 'focus-validator==2.2.1' 'numpy==1.26.4'
  'pyarrow==19.0.1')

# install_finance: a venv of its own, because the validator pins much; prints its Python. Fails when
# PyPI is out of reach.
install_finance() {
  local venv=$home/venv-finance log=$home/pip.log
  if [[ ! -e $venv/.installed ]]; then
    have python3 || die "python3 is missing; on Debian: apt-get install python3-venv"
    rm -rf "$venv"
    python3 -m venv "$venv" || die "python3 has no venv module; on Debian: apt-get install python3-venv"
    say "installing ${finance_wheels[*]}"
    if ! "$venv/bin/pip" install -q --disable-pip-version-check --ignore-requires-python \
      "${finance_wheels[@]}" >"$log" 2>&1; then
      tail -3 "$log" >&2
      return 1
    fi
    : >"$venv/.installed"
  fi
  echo "$venv/bin/python3"
}
