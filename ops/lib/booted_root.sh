# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A systemd of its own: it runs as the first process of a root directory, in namespaces of its own, without a container
# engine. The network is that of the host. Needs root.

# boot DIRECTORY LOG: starts the systemd of the root; sets $first_process, as the host knows it.
boot() {
  local directory=$1 log=$2 parent
  boot_namespaces=(--mount --pid --uts --ipc)
  parent=$(detached "$log" unshare "${boot_namespaces[@]}" --fork --kill-child bash -c "$boot_script" boot "$directory")
  wait_until 10 boot_has_child "$parent" || die "no systemd starts in $directory; see $log"
  first_process=$(<"/proc/$parent/task/$parent/children")
  first_process=${first_process%% *}
  wait_until 60 booted_is_up || die "systemd does not come up in $directory; see $log"
}

# What a systemd needs of a container; whatever is mounted ends with the namespace.
# shellcheck disable=SC2016 # the other bash fills these in
boot_script='set -e
  mount --make-rprivate /
  mount --bind "$1" "$1"
  mount -t proc proc "$1/proc"
  mount --rbind /sys "$1/sys"
  for place in run tmp dev; do mount -t tmpfs tmpfs "$1/$place" -o mode=755; done
  chmod 1777 "$1/tmp"
  for device in null zero full random urandom tty; do
    touch "$1/dev/$device"
    mount --bind "/dev/$device" "$1/dev/$device"
  done
  mkdir "$1/dev/shm" "$1/dev/pts"
  mount -t devpts devpts "$1/dev/pts" -o newinstance,ptmxmode=0666
  ln -s pts/ptmx "$1/dev/ptmx"
  cd "$1"
  pivot_root . .
  umount -l .
  # As container managers leave it: what a unit gets mounted (credentials) is made elsewhere, and has to arrive.
  mount --make-rshared /
  exec env -i container=daybook PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --system --log-target=journal --show-status=false'

boot_has_child() { [[ -n $(cat "/proc/$1/task/$1/children" 2>/dev/null) ]]; }

# booted_is_up: a unit that failed for lack of hardware makes it degraded, which is up too.
booted_is_up() { [[ $(booted systemctl is-system-running 2>/dev/null) =~ ^(running|degraded)$ ]]; }

# booted COMMAND...: beside that systemd.
booted() {
  nsenter --target "$first_process" "${boot_namespaces[@]}" \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 SYSTEMD_COLORS=0 SYSTEMD_PAGER= "$@" 9>&-
}

# halt: everything in it ends at once.
halt() {
  [[ -n ${first_process:-} ]] || return 0
  kill -KILL "$first_process" 2>/dev/null || true
  wait_until 10 boot_is_gone || say "process $first_process of the booted root does not end"
  first_process=
}

boot_is_gone() { [[ ! -e /proc/$first_process ]]; }
