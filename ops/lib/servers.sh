# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Starts and stops servers by name. Each has a directory of its name in $servers, with its data, log,
# port and process id, so that any later process can stop or restart it.

server_names=(postgres15 postgres16 pooler-transaction pooler-session kafka noida s3)
servers=  # the directory of the script's servers; set after prepare_home

# server_port NAME: the loopback port it has (or had, and will have again).
server_port() { cat "$servers/$1/port" 2>/dev/null || die "$1 has never been started in $servers"; }

# server_pid NAME: its process id, if its file says one.
server_pid() {
  case $1 in
    postgres*) postgres_pid "$servers/$1" ;;
    *) cat "$servers/$1/pid" 2>/dev/null ;;
  esac
}

# process_runs DIRECTORY: whether the process of a server directory is alive and still that server
# (its command line names the directory; a process id may have gone to somebody else).
process_runs() {
  local pid
  pid=$(servers=${1%/*} server_pid "${1##*/}") || return 1
  [[ -n $pid && $(ps -o args= -p "$pid" 2>/dev/null) == *"$1"* ]]
}

# server_runs NAME: whether it is alive.
server_runs() { process_runs "$servers/$1"; }

# server_start NAME: start it unless it runs; returns when it accepts connections. postgres15-copy is a server whose data
# a script has taken from postgres15.
server_start() {
  server_runs "$1" && return 0
  mkdir -p "$servers"
  case $1 in
    postgres15 | postgres15-copy | postgres16) start_postgres "$1" "$servers/$1" ;;
    pooler-transaction | pooler-session) start_pooler "${1#pooler-}" "$servers/$1" "$servers/postgres15" ;;
    kafka) start_kafka "$servers/kafka" ;;
    noida) start_noida "$servers/noida" ;;
    s3) start_s3 "$servers/s3" ;;
    *) usage_error "no server is called $1; there are: ${server_names[*]}" ;;
  esac
}

# server_stop NAME: an orderly stop that returns when the process is gone.
server_stop() {
  server_runs "$1" || return 0
  case $1 in
    postgres*) stop_postgres "$1" "$servers/$1" && return ;;
    *) server_signal "$1" TERM ;;
  esac
  wait_until 30 server_is_gone "$1" || server_kill "$1"
}

# server_kill NAME: SIGKILL, as a crash would; data and port stay.
server_kill() {
  server_runs "$1" || return 0
  server_signal "$1" KILL
  wait_until 10 server_is_gone "$1"
}

# server_signal NAME SIGNAL: the process may have gone in the meantime.
server_signal() { kill "-$2" "$(server_pid "$1")" 2>/dev/null || true; }

# server_is_gone NAME: whether neither the process is there nor its listener. After a SIGKILL the first thread of a Java
# process ends, and with it the command line, while another still waits for the disk and keeps every socket and lock.
server_is_gone() { ! server_runs "$1" && ! answers "$(server_port "$1")"; }

# stop_all: stop whatever runs in this servers directory: those before the database first.
stop_all() {
  local name
  for name in pooler-transaction pooler-session kafka noida s3 postgres16 postgres15-copy postgres15; do
    server_stop "$name" || true
  done
}

# remove_all: stop everything and forget its data.
remove_all() {
  stop_all
  local name
  for name in postgres15 postgres16; do forget_data "$servers/$name"; done
  rm -rf "$servers"
}

# stop_at_exit: on every way out, Ctrl-C included, stop what runs. Data and logs stay after a failure.
stop_at_exit() {
  trap finish_servers EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

# finish_servers [CODE]: the exit code stays what it was.
finish_servers() {
  local code=${1:-$?}
  trap - EXIT
  if ((code == 0)); then
    remove_all
  else
    stop_all
    say "${0##*/} ended with exit code $code; server logs: .daybook/${servers##*/}/*/log"
  fi
  exit "$code"
}
