# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A broker on a free loopback port: Apache Kafka (one KRaft node) where its jars are at hand, else the
# single binary of the PyPI package noida-db. Both keep their data and port over a restart; Kafka does
# so after a SIGKILL too, noida-db then has lost what it did not save yet, even topics.

# kafka_libs: the directory with Kafka's jars, from KAFKA_HOME or beside the clone; fails if none.
kafka_libs() {
  local place=${KAFKA_HOME:-$root/../shared/kafka}
  if compgen -G "$place/libs/kafka_*.jar" >/dev/null; then
    (cd "$place/libs" && pwd)
  elif [[ -n ${KAFKA_HOME:-} ]]; then
    die "KAFKA_HOME=$KAFKA_HOME has no libs/kafka_*.jar; name an unpacked Apache Kafka or unset it"
  else
    return 1
  fi
}

# broker_kind: kafka or noida.
broker_kind() { if kafka_libs >/dev/null; then echo kafka; else echo noida; fi; }

# broker_version KIND: the name and version to print in a report.
broker_version() {
  if [[ $1 == noida ]]; then
    echo "noida-db ${wheel_noida#*==}"
  else
    local jar
    jar=$(compgen -G "$(kafka_libs)/kafka-clients-*.jar" | head -1)
    jar=${jar##*/kafka-clients-}
    echo "Apache Kafka ${jar%.jar}"
  fi
}

# java_program: Java 17 or later.
java_program() {
  local java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  have "$java" || die "Apache Kafka needs Java 17; on Debian: apt-get install openjdk-17-jre-headless"
  echo "$java"
}

# start_kafka DIRECTORY: format the node at the first start, run it, wait until it answers.
start_kafka() {
  local directory=$1 java libs compiler=()
  java=$(java_program)
  libs=$(kafka_libs) || die "no Apache Kafka: KAFKA_HOME must name an unpacked one"
  if [[ ! -s $directory/port ]]; then
    mkdir -p "$directory"
    local client controller
    read -r client controller < <(free_ports 2)
    kafka_properties "$directory" "$client" "$controller" >"$directory/server.properties"
    # A cluster id is 16 random bytes in URL-safe base 64 that do not begin with a dash.
    "$java" -Xmx128m -cp "$libs/*" kafka.tools.StorageTool format -c "$directory/server.properties" \
      -t "D$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | cut -c 2-22)" \
      >"$directory/format.log" 2>&1 || die "Kafka's storage cannot be formatted; see $directory/format.log"
    echo "$client" >"$directory/port"
  fi
  # Where nothing is measured it is started more often than it is busy, and the better code of the second compiler
  # comes too late: it was an eighth of the processors' time.
  [[ -n ${kafka_heap:-} ]] || compiler=(-XX:TieredStopAtLevel=1)
  detached "$directory/log" "$java" "-Xms${kafka_heap:-512m}" "-Xmx${kafka_heap:-512m}" \
    "${compiler[@]}" -XX:+UseSerialGC -Xshare:auto -Dorg.apache.logging.log4j.level=WARN \
    -cp "$libs/*" kafka.Kafka "$directory/server.properties" >"$directory/pid"
  wait_until 180 answers_or_ended "$directory" || true
  answers "$(<"$directory/port")" || server_failed "$directory/log" "Kafka does not start"
}

# kafka_properties DIRECTORY CLIENT_PORT CONTROLLER_PORT: one node, no topics by accident, every right that a test
# does not deny. After a SIGKILL the controller takes the node back once the old session has ended (default: 9 s).
kafka_properties() {
  cat <<CONF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$3
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$2,CONTROLLER://127.0.0.1:$3
advertised.listeners=PLAINTEXT://127.0.0.1:$2
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$1/data
auto.create.topics.enable=false
broker.session.timeout.ms=4000
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=true
CONF
}

# noida-db ignores fetch limits: it answers with everything that waits, and librdkafka holds one answer in memory,
# of 2,147,483,647 bytes at most. The records of the demo take 260 bytes in it, and 1,100 bytes in the ingester.
noida_records_max=5000000
noida_bytes_per_record=2048 # of memory, for both processes

# check_backlog RECORDS: whether so many may wait in noida-db; ends the script with the reason if not.
check_backlog() {
  local needed=$(($1 * noida_bytes_per_record / 1048576)) there
  (($1 <= noida_records_max)) ||
    die "noida-db answers with everything that waits, and more than $(grouped "$noida_records_max") records fit$(
    ) in no answer: produce fewer, or name an unpacked Apache Kafka in KAFKA_HOME"
  there=$(memory_available_mib)
  [[ -z $there ]] || ((needed <= there)) ||
    die "noida-db answers with everything that waits, and $(grouped "$1") records need $(grouped "$needed") MiB$(
    ) of memory, of which $(grouped "$there") are free: produce fewer, or name an unpacked Apache Kafka in KAFKA_HOME"
}

# memory_available_mib: what the kernel and the control group would give; nothing where it cannot be known.
memory_available_mib() {
  local kib bytes limit used
  # The shell multiplies: Debian's awk counts to 2,147,483,647.
  kib=$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo 2>/dev/null) || return 0
  bytes=$((kib * 1024))
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null) || limit=max
  used=$(cat /sys/fs/cgroup/memory.current 2>/dev/null) || used=0
  if [[ $limit != max ]] && ((limit - used < bytes)); then bytes=$((limit - used)); fi
  echo $((bytes / 1048576))
}

# ingest_options KIND: fills the array of that name with what `daybook ingest` needs to read from this broker.
# shellcheck disable=SC2034 # the caller takes it
ingest_options() {
  ingest_options=()
  if [[ $1 == noida ]]; then ingest_options=(-X receive.message.max.bytes=2147483647); fi
}

# start_noida DIRECTORY: only its Kafka service.
start_noida() {
  local directory=$1 program
  install_wheel "$wheel_noida" || die "the broker noida-db cannot be installed from PyPI"
  program=$(wheel_file noida_db/noida-db)
  chmod +x "$program"
  if [[ ! -s $directory/port ]]; then
    mkdir -p "$directory"
    free_ports 1 >"$directory/port"
  fi
  detached "$directory/log" "$program" start --data-dir "$directory/data" --only kafka \
    --kafka-port "$(<"$directory/port")" >"$directory/pid"
  wait_until 60 answers_or_ended "$directory" || true
  answers "$(<"$directory/port")" || server_failed "$directory/log" "noida-db does not start"
}

# answers_or_ended DIRECTORY: what to wait for after a launch.
answers_or_ended() { answers "$(<"$1/port")" || ! kill -0 "$(<"$1/pid")" 2>/dev/null; }

# create_topics BROKERS PARTITIONS TOPIC...: make topics that do not exist yet.
create_topics() { python3 "$lib/create_topics.py" "$@"; }

# tell_topics TOPIC...: what a run leaves on brokers of the site, which delete it only when somebody says so.
tell_topics() {
  say "what this run has sent stays on $DAYBOOK_KAFKA_BROKERS; to delete it:"
  local topic
  for topic in "$@"; do
    say "  kafka-topics.sh --bootstrap-server $DAYBOOK_KAFKA_BROKERS --delete --topic $topic"
  done
}
