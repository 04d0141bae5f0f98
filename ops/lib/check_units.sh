#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ops/lib/check_units.sh: what systemd says of the units in ops/systemd, without a running systemd.
#
# They are verified with another program in place of /usr/bin/daybook, which need not be installed, and without the
# manual. No service may be more exposed than `systemd-analyze security` calls 1.2 of 10. One that tells systemd when it
# is ready says who may do so, how long that may take, and how often it beats.
set -euo pipefail
# shellcheck source=all.sh
. "$(dirname "${BASH_SOURCE[0]}")/all.sh"

exposure_max=12 # tenths

main() {
  have systemd-analyze || die "systemd-analyze is missing; on Debian: apt-get install systemd"
  copies=$(mktemp -d)
  trap 'rm -rf "$copies"' EXIT
  cd "$root/ops/systemd"
  local unit report
  for unit in *.service *.timer; do
    sed 's|/usr/bin/daybook |/bin/true |' "$unit" >"$copies/$unit"
  done
  # It exits with 0 also when it warns.
  report=$(systemd-analyze verify --man=no "$copies"/* 2>&1) || true
  [[ -z $report ]] || die "systemd-analyze verify: ${report//$copies/ops/systemd}"
  for unit in *.service; do
    check_notify "$unit"
    report=$(systemd-analyze security --offline=true --threshold="$exposure_max" "$PWD/$unit" 2>&1) \
      || die "$unit is too exposed: $(tail -1 <<<"$report")"
  done
}

check_notify() { # UNIT
  grep -q '^Type=notify' "$1" || return 0
  local setting
  for setting in NotifyAccess=main TimeoutStartSec= WatchdogSec=; do
    grep -q "^$setting" "$1" || die "$1 is Type=notify without $setting"
  done
}

main "$@"
