# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The Debian packages that Daybook builds and runs with; installed only when missing.

# shellcheck disable=SC2034 # each script takes the lists it needs
packages_build=(librdkafka-dev libpq-dev libzstd-dev zlib1g-dev libsimdjson-dev libmicrohttpd-dev libssl-dev
  libinih-dev libavro-dev libcurl4-openssl-dev pkg-config)
packages_servers=(postgresql-15 pgbouncer python3-venv jq)
packages_test=(shellcheck kcat zstd prometheus prometheus-alertmanager postgresql-15-partman postgresql-15-pgaudit
  python3-yaml valgrind man-db mandoc groff-base zsh fish)
packages_package=(dpkg-dev binutils)
packages_runbooks=(kcat redis-server chrony prometheus-postgres-exporter postgresql-15-pgaudit postgresql-15-partman pgbadger)
packages_package_check=(debootstrap lintian)
packages_kafka=(openjdk-17-jre-headless)
brew_line='brew install bash librdkafka libpq zstd simdjson libmicrohttpd openssl@3 inih avro-c curl pkg-config \
    postgresql@15 pgbouncer jq kcat shellcheck openjdk@17'

# install_packages NAME...: install those that are not there yet, without starting any service.
install_packages() {
  have swift || die "swift is not in PATH; install Swift 6 from swift.org (and add its usr/bin)"
  if ! have dpkg-query; then
    require_programs
    return 0
  fi
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  ((${#missing[@]} == 0)) && return 0
  say "installing ${missing[*]}"
  local sudo=()
  if ((EUID != 0)); then
    have sudo || die "needs root (or sudo) once for: apt-get install ${missing[*]}"
    sudo=(sudo)
  fi
  without_services "${sudo[@]}" "${missing[@]}"
}

# require_programs: without apt we install nothing and name what is missing.
require_programs() {
  local name missing=()
  for name in pkg-config initdb pgbouncer python3 jq; do
    have "$name" || missing+=("$name")
  done
  ((${#missing[@]} == 0)) || die "no apt here and missing: ${missing[*]}. On macOS:
    $brew_line"
}

# without_services [sudo] PACKAGE...: apt-get install that leaves services as they are. Debian asks
# policy-rc.d before a package starts its service; an existing policy of the site is left alone.
without_services() (
  sudo=()
  if [[ $1 == sudo ]]; then
    sudo=(sudo)
    shift
  fi
  policy=/usr/sbin/policy-rc.d
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
    "${sudo[@]}" chmod 755 "$policy"
    trap '"${sudo[@]}" rm -f "$policy"; rm -f "$log"' EXIT
  fi
  install=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y
    -o DPkg::Lock::Timeout=300 --no-install-recommends install "$@")
  # The lists may be missing or old; asking for them is only worth its time when they are.
  "${install[@]}" >"$log" 2>&1 && exit 0
  "${sudo[@]}" apt-get -q update >"$log" 2>&1 || true
  "${install[@]}" >"$log" 2>&1 && exit 0
  tail -5 "$log" >&2
  die "apt-get could not install: $*"
)
