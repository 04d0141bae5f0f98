# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The part of ops/package-check that runs the units under a systemd of their own (lib/booted_root.sh), in the root where
# the package is installed: $clean, $check, $deb, $records and the servers are those of that script.
# shellcheck disable=SC2154

# check_units: what an operator does with them, from the first start to an upgrade, with faults between.
check_units() {
  apt_inside --no-install-recommends install systemd dbus
  configure_units
  boot "$clean" "$check/systemd.log"
  booted systemctl start daybook-ingest || unit_failed "ingest does not start"
  more_records 2
  wait_until 20 tells_partitions || unit_failed "the status line says '$(property StatusText)'"
  read_runbooks
  reload_unit
  kill_unit
  hang_unit
  misconfigure_unit
  run_jobs
  reconcile_alone
  upgrade_package
  booted systemctl stop daybook-ingest
  [[ $(property Result) == success && $(property ExecMainStatus) == 0 ]] || unit_failed "the stop was not orderly"
  halt
  DAYBOOK_DATABASE_URL=$DAYBOOK_ADMIN_DATABASE_URL inside daybook audit >"$check/audit.txt" \
    || die "the books do not add up: $(<"$check/audit.txt")"
  # What operators and the jobs have put there is theirs, and would be left.
  rm -rf "$clean"/etc/daybook/*_url "$clean/var/lib/daybook" "$clean"/var/lib/systemd/timers/stamp-daybook-*
}

# configure_units: as ops/systemd/README.md says, with logins of least privilege.
configure_units() {
  postgres_psql "$servers/postgres15" -q -d "$database" \
    -c "CREATE ROLE unit_maintain LOGIN PASSWORD '$(password_of daybook_ingest)' IN ROLE app_maintain"
  cat >>"$clean/etc/daybook/daybook.conf" <<CONF

kafka_brokers = $DAYBOOK_KAFKA_BROKERS
kafka.session.timeout.ms = 6000
CONF
  local name login port
  while read -r name login port; do
    install -m 600 /dev/stdin "$clean/etc/daybook/$name" \
      <<<"postgresql://$login:$(password_of "${login/unit_maintain/daybook_ingest}")@127.0.0.1:$port/$database"
  done <<URLS
database_url daybook_ingest $(server_port pooler-transaction)
admin_database_url unit_maintain $(server_port postgres15)
finance_database_url daybook_finance $(server_port postgres15)
replica_database_url daybook_finance $(server_port postgres15)
URLS
}

property() { booted systemctl show --property "$1" --value "${2:-daybook-ingest}"; }

tells_partitions() { [[ $(property StatusText) == *partitions* ]]; }

unit_failed() { die "$1: $(booted journalctl --no-pager --lines 5 --output cat 2>&1 | tail -n 5)"; }

# more_records SEED: as many again arrive in the tables.
more_records() {
  inside daybook produce --generate "$records" --seed "$1" --json >>"$check/produce.log" 2>&1
  wait_until 60 has_rows $((records * $1)) || unit_failed "not everything was stored after round $1"
}

has_rows() { [[ $(sql 'SELECT (SELECT count(*) FROM invocations) + (SELECT count(*) FROM audit_logs)') == "$1" ]]; }

# says TEXT: in the journal.
says() { booted journalctl --no-pager --unit daybook-ingest --output cat | grep -q -e "$1"; }

reload_unit() {
  echo 'batch_rows = 5000' >>"$clean/etc/daybook/daybook.conf"
  booted systemctl reload daybook-ingest || unit_failed "it cannot be reloaded"
  wait_until 10 says 'new settings are in use' || unit_failed "a reload takes nothing over"
}

# read_runbooks: what ops/runbooks ask systemd; ops/runbooks-check looks for each of these here.
read_runbooks() {
  booted systemctl start daybook-maintain.timer
  tells Active: booted systemctl status 'daybook-ingest*'
  tells '^MemoryMax=[1-9]' booted systemctl show daybook-ingest -p MemoryMax,MemoryCurrent
  tells daybook-maintain.service booted systemctl list-timers daybook-maintain.timer
  tells '^NTPSynchronized=' booted timedatectl show -p NTPSynchronized
}

# tells ANSWER COMMAND...: it ends with 0, and its answer has a match of this regular expression.
tells() {
  local answer
  if ! answer=$("${@:2}" 2>&1) || ! grep -q -e "$1" <<<"$answer"; then
    unit_failed "no '$1' from '${*:3}': $answer"
  fi
}

# kill_unit: it comes back by itself, and nothing is lost or doubled.
kill_unit() {
  booted systemctl kill --signal KILL --kill-who main daybook-ingest
  wait_until 30 restarted 1 || unit_failed "it does not start again after a SIGKILL"
  more_records 3
}

restarted() { [[ $(property NRestarts) -ge $1 && $(property ActiveState) == active ]]; }

# hang_unit: with a shorter patience, the watchdog ends what does not beat.
hang_unit() {
  local place=$clean/etc/systemd/system/daybook-ingest.service.d
  install -d "$place"
  printf '[Service]\nWatchdogSec=2\nTimeoutAbortSec=5\n' >"$place/patience.conf"
  booted systemctl daemon-reload
  booted systemctl restart daybook-ingest || unit_failed "it does not restart"
  booted systemctl kill --signal STOP --kill-who main daybook-ingest
  wait_until 30 says 'Watchdog timeout' || unit_failed "a process that hangs is left alone"
  wait_until 30 restarted 1 || unit_failed "it does not start again after the watchdog"
  more_records 4
  rm -r "$place"
  booted systemctl daemon-reload
}

# misconfigure_unit: a fault that somebody has to mend ends it, and it stays ended.
misconfigure_unit() {
  cp -p "$clean/etc/daybook/daybook.conf" "$check/daybook.conf"
  echo 'batch_rows = many' >>"$clean/etc/daybook/daybook.conf"
  ! booted systemctl restart daybook-ingest 2>/dev/null || unit_failed "it starts with a faulty file"
  [[ $(property ExecMainStatus) == 78 && $(property ActiveState) == failed ]] \
    || unit_failed "a faulty file: status $(property ExecMainStatus), $(property ActiveState)"
  cp -p "$check/daybook.conf" "$clean/etc/daybook/daybook.conf"
  booted systemctl restart daybook-ingest || unit_failed "it does not start with the mended file"
}

# reconcile_alone: without a replica, with the drop-in of ops/systemd/README.md.
reconcile_alone() {
  local place=$clean/etc/systemd/system/daybook-reconcile.service.d
  install -d "$place"
  sed -n '/^    LoadCredential=$/,/^$/s/^    //p' "$root/ops/systemd/README.md" \
    | sed '1i [Service]' >"$place/alone.conf"
  mv "$clean/etc/daybook/replica_database_url" "$check/replica_database_url"
  booted systemctl daemon-reload
  booted systemctl start daybook-reconcile || unit_failed "it does not reconcile without a replica"
  mv "$check/replica_database_url" "$clean/etc/daybook/replica_database_url"
  rm -r "$place"
  booted systemctl daemon-reload
}

# run_jobs: once each, as their timers do.
run_jobs() {
  booted systemctl start daybook-maintain daybook-reconcile || unit_failed "a job fails"
  booted systemctl start daybook-maintain.timer daybook-reconcile.timer
  local job
  for job in daybook-maintain daybook-reconcile; do
    [[ $(property Result "$job") == success ]] || unit_failed "$job: $(property Result "$job")"
    [[ $(property ActiveState "$job.timer") == active ]] || unit_failed "$job.timer does not wait"
  done
}

# upgrade_package: to a version above it; what runs goes on, and the site's configuration stays.
upgrade_package() {
  local process next=$check/next
  process=$(property MainPID)
  rm -rf "$next"
  dpkg-deb --raw-extract "$deb" "$next"
  sed -i 's/^Version: .*/Version: 99.0-1/' "$next/DEBIAN/control"
  dpkg-deb --root-owner-group --build "$next" "$clean/srv/next.deb" >/dev/null
  booted env DEBIAN_FRONTEND=noninteractive dpkg --install /srv/next.deb >"$check/upgrade.log" 2>&1 \
    || die "the upgrade fails: $(tail -n 3 "$check/upgrade.log")"
  [[ $(property MainPID) == "$process" ]] || unit_failed "the upgrade has restarted ingest"
  cmp -s "$check/daybook.conf" "$clean/etc/daybook/daybook.conf" || die "the upgrade has changed daybook.conf"
  more_records 5
  booted systemctl restart daybook-ingest || unit_failed "the new version does not start"
  [[ $(property MainPID) != "$process" ]] || unit_failed "the old version still runs"
  more_records 6
}
