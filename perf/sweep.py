# SPDX-License-Identifier: Apache-2.0
"""sweep.py SERVERS DAYBOOK SWEEP RECORDS ROUNDS POINTS END FILE: the points of perf/scale, one worker, taking turns.

Every point is a topic of its own, and a measured ingest of it into a new database whose books are compared with what was
produced (runs.py, books.py). Each is a line of FILE.
"""
import json
import os
import subprocess
import sys
import threading
import time

import psycopg

import figure_data
from runs import HERE, Runs

TOPIC_PARTITIONS = 8
SIZED_BYTES_MAX = 128 << 20  # of a topic with records of one size


class Sweep:
    def __init__(self, servers, daybook, name, records, end):
        self.servers, self.daybook, self.name, self.records, self.end = servers, daybook, name, records, end
        self.loads, self.ingest, self.templates, self.tables = {}, {}, {}, {}

    def prepare(self, point):
        """Makes the topic of a point; what it differs in stands here for every sweep."""
        generate, partitions = ["--generate", str(self.records)], TOPIC_PARTITIONS
        match self.name:
            case "records":
                generate = ["--generate", point]
            case "tenants":
                generate += ["--tenants", point]
            case "duplicates" | "bad":
                generate += [f"--{self.name}", str(float(point) / 100)]
            case "kafka-partitions":
                partitions = int(point)
            case "months":
                self.templates[point] = self.with_months(int(point))
            case "batch-rows":
                self.ingest[point] = ["--batch-rows", point, "--batch-bytes", str(128 << 20)]
            case "fetch-queue":
                self.ingest[point] = ["-X", f"queued.max.messages.kbytes={int(point) * 1024}"]
            case "streams":
                self.tables[point] = point
        topic = f"sweep-{self.name}-{point}"
        subprocess.run(["python3", f"{HERE}/../ops/lib/create_topics.py", os.environ["DAYBOOK_KAFKA_BROKERS"],
                        str(partitions), topic], check=True)
        compression = "lz4" if self.name == "records" else "none"  # a long run reads a topic larger than memory
        produce = [self.daybook, "produce", "-X", f"compression.type={compression}", "--partition-by", "random", "--json"]
        if self.name == "size":
            self.loads[point] = self.produce_sized(produce, topic, int(point))
            return
        target = f"{topic}={self.tables.get(point, 'invocations')}"
        made = subprocess.run(produce + ["--topic", target, "--days", "1", "--end", self.end, *generate], check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.loads[point] = json.loads(made.stdout)

    def produce_sized(self, produce, topic, size):
        count = min(self.records, SIZED_BYTES_MAX // size)
        lines = subprocess.Popen([sys.executable, f"{HERE}/sized_records.py", str(size), str(count), self.end],
                                 stdout=subprocess.PIPE)
        subprocess.run(produce + ["--topic", topic, "-"], check=True, stdin=lines.stdout, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        return {"produced": count, "unique": count, "duplicates": 0, "rejected": 0, "cost_by_currency": {}}

    def with_months(self, months):
        """A template whose tables have so many partitions: months of the past. A migrated table has 5."""
        template = f"template_{months}"
        admin = os.environ["DAYBOOK_ADMIN_DATABASE_URL"]
        with psycopg.connect(admin, dbname="postgres", autocommit=True) as postgres:
            postgres.execute(f"CREATE DATABASE {template} TEMPLATE template_daybook")
        with psycopg.connect(admin, dbname=template, autocommit=True) as database:
            database.execute("SELECT daybook_create_partition('invocations', (now() - make_interval(months => m))::date) "
                             "FROM generate_series(2, %s::integer - 4) AS m", (months,))
        return template

    def runs(self, point):
        runs = Runs(self.servers, self.daybook, f"sweep-{self.name}-{point}")
        runs.load, runs.ingest = self.loads[point], self.ingest.get(point, [])
        runs.template = self.templates.get(point, runs.template)
        runs.table = self.tables.get(point, runs.table)
        return runs

    def delay_commits(self, microseconds):
        """Every commit waits so long before it flushes, as it does for a standby in another zone."""
        with psycopg.connect(os.environ["DAYBOOK_ADMIN_DATABASE_URL"], autocommit=True) as database:
            database.execute("ALTER SYSTEM SET commit_siblings = 0")
            database.execute(f"ALTER SYSTEM SET commit_delay = {int(microseconds)}")
            database.execute("SELECT pg_reload_conf()")

    def measure(self, point):
        if self.name == "commit-delay":
            self.delay_commits(point)
        sample = self.runs(point).measure("daybook1")
        records = self.loads[point]["produced"]
        return {
            "point": point, "records": records, "seconds": f"{sample['seconds']:.3f}",
            "records_per_second": f"{records / sample['seconds']:.0f}",
            "program_cpu_us": f"{sample['cpu']['program'] / records * 1e6:.2f}",
            "postgres_cpu_us": f"{sample['cpu']['postgres'] / records * 1e6:.2f}",
            "wal_bytes": f"{sample['wal_bytes'] / records:.0f}", "batches": sample["batches"],
            "peak_mib": f"{sample['peak_mib']:.0f}"}


def over_time(sweep, point, parts=20):
    """One run in so many parts: the rate of each part by the ledger, and the memory at its end."""
    runs, held = sweep.runs(point), []

    def watch(programs):
        def sample():
            while not programs[0].ended.wait(0.2):
                held.append((time.time(), programs[0].resident_mib()))
        threading.Thread(target=sample, daemon=True).start()

    runs.began = watch
    runs.measure("daybook1")
    with psycopg.connect(runs.admin) as database:
        batches = database.execute("SELECT extract(epoch FROM committed_at)::float, sum(seen) OVER (ORDER BY committed_at)"
                                   "::bigint FROM ingest_batches ORDER BY 1").fetchall()
    last_at, last_sum = batches[0]
    for at, stored in batches[1:]:
        if stored - last_sum >= runs.load["produced"] / parts or stored == batches[-1][1]:
            memory = [mib for when, mib in held if when <= at]
            yield {"records": stored, "records_per_second": f"{(stored - last_sum) / max(at - last_at, 1e-6):.0f}",
                   "resident_mib": f"{memory[-1] if memory else 0:.0f}"}
            last_at, last_sum = at, stored


def measured(sweep, points, rounds):
    if sweep.name != "records":
        sweep.measure(points[0])  # not counted: the broker makes what it needs for its first group
    for _ in range(rounds):
        for point in points:
            yield from over_time(sweep, point) if sweep.name == "records" else [sweep.measure(point)]


def main():
    servers, daybook, name, records, rounds, points, end, path = sys.argv[1:]
    sweep, points = Sweep(servers, daybook, name, int(records), end), points.split(",")
    for point in points:
        print(f"producing for {name} {point}", file=sys.stderr)
        sweep.prepare(point)
    figure_data.write(path, measured(sweep, points, int(rounds)))


main()
