# SPDX-License-Identifier: Apache-2.0
"""latency.py SERVERS DAYBOOK WHAT SECONDS POINTS AGES FILE: the measurements of perf/latency.

From the call that gives a record to the producing client (Kafka's CreateTime, milliseconds) to the moment in which
another session sees the offset in ingest_offsets, where it moves in the transaction that stores the row. That session
looks every 2 ms: what it says is late by that and by its own query, never early. Everything runs on one clock.
"""
import os
import signal
import subprocess
import sys
import threading
import time

import numpy
import psycopg
from confluent_kafka import Consumer, TopicPartition

import figure_data
from meter import Program
from runs import HERE, Runs

TOPIC_PARTITIONS = 8
LOOK_SECONDS = 0.002
WARM_SECONDS = 2  # at the start, not counted: the group forms, buffers grow
LAST_SECONDS = 2  # at the end, not counted: the last records of a run have no others that fill their batch


class Watch:
    """A session that sees which offset of which partition is stored when."""

    def __init__(self, admin):
        self.database = psycopg.connect(admin, autocommit=True)
        self.seen = {}  # partition: [(time, next offset)]
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()

    def look(self):
        while not self.stopping.wait(LOOK_SECONDS):
            rows = self.database.execute("SELECT partition, next_offset FROM ingest_offsets").fetchall()
            now = time.time()
            for partition, position in rows:
                moves = self.seen.setdefault(partition, [])
                if not moves or moves[-1][1] != position:
                    moves.append((now, position))

    def stored(self):
        return sum(moves[-1][1] for moves in list(self.seen.values()))

    def end(self):
        self.stopping.set()
        self.thread.join()
        self.database.close()


class Latency:
    def __init__(self, servers, daybook):
        self.servers, self.daybook, self.count = servers, daybook, 0

    def begin(self, options=()):
        """A new topic and a new database; nothing runs yet."""
        self.count += 1
        self.topic = f"latency-{self.count}"
        self.runs = Runs(self.servers, self.daybook, self.topic)
        subprocess.run(["python3", f"{HERE}/../ops/lib/create_topics.py", self.runs.brokers, str(TOPIC_PARTITIONS),
                        self.topic], check=True)
        self.runs.fresh_database()
        self.ingest = [self.daybook, "ingest", "--topic", f"{self.topic}=invocations", *options]

    def start(self, command):
        return Program(command, self.runs.log)

    def produce(self, records, rate):
        return self.start([self.daybook, "produce", "--topic", f"{self.topic}=invocations", "--generate", str(records),
                           "--rate", str(rate), "--days", "1", "--partition-by", "random"])

    def created(self):
        """Kafka's time of every record, seconds, by partition."""
        consumer = Consumer({"bootstrap.servers": self.runs.brokers, "group.id": "latency", "enable.auto.commit": False})
        times, left = {}, 0
        for partition in range(TOPIC_PARTITIONS):
            end = consumer.get_watermark_offsets(TopicPartition(self.topic, partition), timeout=10)[1]
            times[partition], left = numpy.zeros(end), left + end
        consumer.assign([TopicPartition(self.topic, partition, 0) for partition in times])
        while left:
            for message in consumer.consume(10_000, 1.0):
                if not message.error():
                    times[message.partition()][message.offset()] = message.timestamp()[1] / 1000
                    left -= 1
        consumer.close()
        return times

    def rate(self, rate, seconds, options=()):
        """Milliseconds of every record of a steady load."""
        self.begin(options)
        records = rate * (WARM_SECONDS + seconds + LAST_SECONDS)
        ingest, watch = self.start(self.ingest), Watch(self.runs.admin)
        began = time.time()
        self.produce(records, rate).ended.wait()
        produced = time.time() - began
        while watch.stored() < records and not ingest.ended.is_set():
            time.sleep(0.05)
        watch.end()
        ingest.signal(signal.SIGTERM)
        ingest.ended.wait()
        waits, times = [], self.created()
        first = min(created.min() for created in times.values() if len(created)) + WARM_SECONDS
        last = max(created.max() for created in times.values() if len(created)) - LAST_SECONDS
        for partition, created in times.items():
            moves = watch.seen.get(partition, [])
            nexts = numpy.array([position for _, position in moves])
            seen_at = numpy.array([at for at, _ in moves])[numpy.searchsorted(nexts, numpy.arange(len(created)), "right")]
            waits.append((seen_at - created)[(created >= first) & (created <= last)])
        return numpy.concatenate(waits) * 1000, records / produced

    def first_commit(self, waiting):
        """Milliseconds from the start of the program until somebody sees its first rows."""
        self.begin()
        self.produce(waiting, 10_000_000).ended.wait()
        watch = Watch(self.runs.admin)
        began = time.time()
        ingest = self.start(self.ingest)
        while not watch.stored():
            time.sleep(0.001)
        first = min(at for moves in watch.seen.values() for at, position in moves if position)
        ingest.signal(signal.SIGTERM)
        ingest.ended.wait()
        watch.end()
        return (first - began) * 1000

    def rebalance(self, rate, seconds):
        """The longest time without a move of any partition: alone, while a second process joins, while it leaves."""
        self.begin()
        ingest, watch = self.start(self.ingest), Watch(self.runs.admin)
        producer = self.produce(rate * (4 * seconds), rate)
        marks = []
        second = None
        for event in ("start", "alone", "joins", "leaves"):
            if event == "joins":
                second = self.start(self.ingest)
            elif event == "leaves":
                second.signal(signal.SIGTERM)
            marks.append((event, time.time()))
            time.sleep(seconds)
        ended = time.time()
        producer.signal(signal.SIGTERM)
        for program in (producer, second, ingest):
            program.signal(signal.SIGTERM)
            program.ended.wait()
        watch.end()
        for (event, after), (_, before) in zip(marks[1:], marks[2:] + [("end", ended)]):
            gaps = [b - a for moves in watch.seen.values() for (a, _), (b, _) in zip(moves, moves[1:])
                    if b > after and a < before]
            yield event, max(gaps) * 1000


def shares(waits):
    names = ("p50_ms", "p99_ms", "p999_ms", "max_ms")
    return {name: f"{value:.0f}" for name, value in zip(names, numpy.percentile(waits, (50, 99, 99.9, 100)))}


def measure(latency, what, seconds, points, ages):
    if what == "rates":
        for point in points:
            for age in ages or [""]:
                waits, rate = latency.rate(int(point), seconds, ["--batch-age", age] if age else [])
                yield {"records_per_second": point, "reached": f"{rate:.0f}", "batch_age_ms": age or "default",
                       **shares(waits)}
    elif what == "start":
        for point in points:
            for _ in range(5):
                yield {"waiting": point, "first_commit_ms": f"{latency.first_commit(int(point)):.0f}"}
    else:
        for point in points:
            for event, longest in latency.rebalance(int(point), seconds):
                yield {"records_per_second": point, "event": event, "longest_pause_ms": f"{longest:.0f}"}


def main():
    servers, daybook, what, seconds, points, ages, path = sys.argv[1:]
    latency = Latency(servers, daybook)
    latency.first_commit(1)  # not counted: the broker makes what it needs for its first group
    found = measure(latency, what, int(seconds), points.split(","), ages.split(",") if ages else [])
    figure_data.write(path, found)


main()
