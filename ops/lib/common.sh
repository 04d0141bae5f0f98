# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Shared by every script here: where things are, plain messages, ports and processes.

if ((BASH_VERSINFO[0] < 5)); then
  echo "these scripts need bash 5 (macOS: brew install bash)" >&2
  exit 69
fi
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
lib=$root/ops/lib
home=$root/.daybook  # everything private to this clone; prepare_home resolves the link that it may be
export LC_ALL=C.UTF-8 PGTZ=UTC

# A step that fails is named. Exit codes from 64 to 78 come from programs that have said why.
set -E
trap 'name_failure $? "$BASH_COMMAND"' ERR

# name_failure CODE COMMAND
name_failure() { (($1 >= 64 && $1 <= 78)) || say "${0##*/}: exit code $1 from: $2"; }

# say TEXT...: one line for the person who watches.
say() { printf '%s\n' "$*" >&2; }

# die TEXT...: say what is wrong and what to do, and end with the exit code "unavailable".
die() {
  say "${0##*/}: $*"
  exit 69
}

# server_failed LOG TEXT...: the same with the end of a server's log: often our output is all that is left to read.
server_failed() {
  local log=$1
  shift
  tail -5 "$log" >&2 || true
  die "$*; see $log"
}

# usage_error TEXT...: the same for a wrong option.
usage_error() {
  say "${0##*/}: $* (--help shows what there is)"
  exit 64
}

# have COMMAND: whether a command can be found.
have() { command -v "$1" >/dev/null 2>&1; }

# print_header FILE: the comment at the top of a script is its help.
print_header() { sed -n '3,/^[^#]/s/^# \{0,1\}//p' "$1"; }

# as_server_user COMMAND...: PostgreSQL and PgBouncer refuse to run as root.
as_server_user() {
  if ((EUID == 0)); then
    (cd / && exec runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

# own DIRECTORY: make a directory that the server user owns and nobody else reads.
own() {
  mkdir -p "$1"
  chmod 700 "$1"
  if ((EUID == 0)); then chown postgres: "$1"; fi
}

# prepare_home: make .daybook. When root cloned into a place that the user `postgres` cannot
# enter (such as /root), .daybook is a link to a directory outside of it.
prepare_home() {
  if [[ -L $home && ! -e $home ]]; then rm "$home"; fi
  mkdir -p "$home"
  if ((EUID == 0)) && ! as_server_user test -x "$(readlink -f "$home")"; then
    rm -rf "$home"
    local elsewhere
    elsewhere=$(mktemp -d "${TMPDIR:-/tmp}/daybook.XXXXXX")
    chmod 755 "$elsewhere"
    ln -s "$elsewhere" "$home"
    say "the user postgres cannot enter $root: private files are in $elsewhere"
  fi
  home=$(cd "$home" && pwd -P)
}

# only_one NAME: two runs of the same script in one clone would pull the servers from under each
# other. The lock is on descriptor 9, which the servers do not inherit (see `detached`).
only_one() {
  have flock || return 0
  exec 9>"$home/$1.lock"
  flock -n 9 || die "another $1 runs in this clone; wait for it to end"
}

# detached LOG COMMAND...: run a server in the background, out of reach of Ctrl-C and of whoever
# waits for our standard output to close; prints its process id.
detached() {
  local log=$1
  shift
  local session=()
  if have setsid; then session=(setsid); fi
  "${session[@]}" "$@" </dev/null >>"$log" 2>&1 9>&- &
  echo $!
}

# free_ports COUNT: loopback ports that nobody listens on and that no other script was given within the hour: several
# run at a time, and a server that restarts leaves its port for seconds. They lie below the range that the kernel gives
# to outgoing connections: one of those could take the port while a server restarts.
free_ports() {
  python3 - "$1" "${TMPDIR:-/tmp}/daybook-ports.$EUID" <<'PYTHON'
import os, random, socket, sys, time
count, given = int(sys.argv[1]), sys.argv[2]
os.makedirs(given, mode=0o700, exist_ok=True)
for name in os.listdir(given):
    path = os.path.join(given, name)
    try:
        if os.stat(path).st_mtime < time.time() - 3600:
            os.unlink(path)
    except FileNotFoundError:
        pass
taken = []
for port in random.sample(range(20000, 32000), 2000):
    try:
        with socket.socket() as candidate:
            candidate.bind(("127.0.0.1", port))
        os.close(os.open(os.path.join(given, str(port)), os.O_CREAT | os.O_EXCL))
    except OSError:
        continue
    taken.append(port)
    if len(taken) == count:
        break
print(*taken)
PYTHON
}

# as_service URL DIRECTORY: libpq finds this connection string in a service file there, and no argument shows it.
as_service() {
  python3 "$lib/service_file.py" <<<"$1" >"$2/service" 2>"$2/error" || die "the connection string is $(<"$2/error")"
  export PGSERVICEFILE=$2/service PGSERVICE=daybook
}

# wait_until SECONDS COMMAND...: poll until the command succeeds; fails at the deadline.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

# answers PORT: whether something accepts connections there.
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# seconds_since START: elapsed time with one decimal; START is an $EPOCHREALTIME.
seconds_since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }
