# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the measurements of ingest share: servers, a filled topic, a fresh database, one measured run.
# shellcheck disable=SC2154 # root, home, servers, database and daybook come from ops/lib

topic=ai.llm-invocations.v1
table=invocations
topic_partitions=8
records=1000000
rounds=3
load=near
load_options=()         # more of `daybook produce`
duplicates=             # share of the records that comes twice; empty: the load's
load_end=$(date -u +%Y-%m-%dT%H:%M:%SZ)

# read_options ARGUMENT...: --records and --rounds.
read_options() {
  while (($#)); do
    case $1 in
      --records | --rounds)
        [[ ${2:-} =~ ^[1-9][0-9]{0,8}$ ]] || usage_error "$1 needs a number"
        # shellcheck disable=SC2034 # not every measurement has rounds
        if [[ $1 == --records ]]; then records=$2; else rounds=$2; fi
        shift
        ;;
      --help | -h)
        print_header "$0"
        exit
        ;;
      *) usage_error "unknown option $1" ;;
    esac
    shift
  done
}

# prepare_measurement: private servers with a migrated database, and a filled topic.
prepare_measurement() {
  prepare_servers
  describe_load
  fill_topic
}

# prepare_servers: private servers with a migrated database, kept as a template.
prepare_servers() {
  [[ $(broker_kind) == kafka ]] || die "the figures count on a real Kafka only: set KAFKA_HOME"
  install_packages "${packages_build[@]}" "${packages_servers[@]}"
  have java || install_packages "${packages_kafka[@]}"
  prepare_home
  only_one perf
  servers=$home/perf
  remove_all
  stop_at_exit

  build_daybook
  kafka_heap=1g start_private_servers perf kafka
  migrate_private_database
  postgres_psql "$servers/postgres15" -q -d postgres \
    -c "CREATE DATABASE template_daybook TEMPLATE $database"
}

# describe_load: sets what `daybook produce` makes of the load's name. Every load has the usual mix of wire formats.
describe_load() {
  case $load in
    near) # one day, 50 tenants, evenly over the partitions
      load_options=(--days 1 --partition-by random "${load_options[@]}")
      ;;
    wide | dirty) # 30 days, 200 tenants; by tenant, so that one of four partitions has most
      topic_partitions=4
      load_options=(--days 30 --tenants 200 --partition-by tenant "${load_options[@]}")
      if [[ $load == dirty ]]; then
        duplicates=${duplicates:-0.01}
        load_options+=(--bad 0.005)
      fi
      ;;
  esac
  if [[ -n $duplicates ]]; then load_options+=(--duplicates "$duplicates"); fi
}

# fill_topic: everything waits before anything is measured; not compressed, as in the earlier measurements. What a
# store must hold then stands in produce.json.
fill_topic() {
  create_topics "$DAYBOOK_KAFKA_BROKERS" "$topic_partitions" "$topic"
  say "producing $(grouped "$records") $table"
  "$daybook" produce --topic "$topic=$table" --generate "$records" --seed 1 --end "$load_end" \
    -X compression.type=none "${load_options[@]}" --json >"$servers/produce.json"
}

# install_peers: a venv of its own with perf/peers/requirements.txt; sets $python.
# shellcheck disable=SC2034 # the measurements take it
install_peers() {
  local venv=$home/venv-perf wanted
  wanted=$(sha256sum <"$root/perf/peers/requirements.txt")
  python=$venv/bin/python3
  [[ $(cat "$venv/.made-of" 2>/dev/null) == "$wanted" ]] && return 0
  have python3 || die "python3 is missing; on Debian: apt-get install python3-venv"
  rm -rf "$venv"
  python3 -m venv "$venv" || die "python3 has no venv module; on Debian: apt-get install python3-venv"
  say "installing perf/peers/requirements.txt into .daybook/venv-perf"
  "$venv/bin/pip" install -q --disable-pip-version-check --no-deps -r "$root/perf/peers/requirements.txt" >&2 ||
    die "the peers cannot be installed from PyPI"
  echo "$wanted" >"$venv/.made-of"
}

# fresh_database TEMPLATE: migrated and empty, and a checkpoint, so that every measurement starts alike.
fresh_database() {
  postgres_psql "$servers/postgres15" -q -d postgres <<SQL
DROP DATABASE $database WITH (FORCE);
CREATE DATABASE $database TEMPLATE $1;
CHECKPOINT;
SQL
}

# measure_ingest TEMPLATE: prints wall clock seconds, CPU seconds, peak MiB, seconds from the first commit
# to the last and the records of that time.
measure_ingest() {
  local numbers
  fresh_database "$1"
  numbers=$(python3 "$root/perf/measure.py" "$daybook" ingest --topic "$topic=invocations" --workers 1 \
    --until-end 2>>"$servers/ingest.log") || die "daybook ingest failed; see $servers/ingest.log"
  check_rows
  check_rollups
  echo "$numbers $(sql 'SELECT extract(epoch FROM max(committed_at) - min(committed_at)),
    sum(stored) - (array_agg(stored ORDER BY committed_at))[1] FROM ingest_batches')"
}

check_rows() {
  [[ $(sql 'SELECT count(*) FROM invocations') == "$records" ]] || die "not every record was stored"
}

check_rollups() {
  [[ $(sql 'SELECT (SELECT (sum(records), sum(cost)) FROM costs_daily) =
    (SELECT (count(*)::numeric, sum(cost)) FROM invocations)') == t ]] || die "the rollups differ from the rows"
}

# awk_statistics: functions for reports that print minimum, median and maximum.
# shellcheck disable=SC2034 # the measurements take it
awk_statistics='
    function median(values, n) { return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2 }
    function sort(values, n,   i, j, value) {
      for (i = 2; i <= n; i++) {
        value = values[i]
        for (j = i - 1; j >= 1 && values[j] > value; j--) values[j + 1] = values[j]
        values[j + 1] = value
      }
    }
    function line(name, values, n, format) {
      sort(values, n)
      printf "%-44s " format " " format " " format "\n", name, values[1], median(values, n), values[n]
    }'
