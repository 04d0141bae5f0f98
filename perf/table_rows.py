# SPDX-License-Identifier: Apache-2.0
"""table_rows.py SERVERS DAYBOOK RECORDS ROUNDS POINTS END FILE: the same records into tables that have few or many rows.

Each point is a database that is filled with so many records of one day at first, and keeps what it has. In each round
all of them take the same new records, of the next day, one after the other, so that a slow minute of the machine hits
all. Each is a line of FILE.
"""
import datetime
import decimal
import json
import os
import subprocess
import sys

import psycopg

import books
import figure_data
from runs import HERE, Runs

TOPIC_PARTITIONS = 8


class KeptRuns(Runs):
    """Runs into one database, which has another name between them: PgBouncer knows one."""

    def __init__(self, servers, daybook, rows):
        super().__init__(servers, daybook, "")
        self.kept = f"kept_{rows}"
        self.load = {"produced": 0, "unique": 0, "duplicates": 0, "rejected": 0, "cost_by_currency": {}}
        with self.postgres() as postgres:
            postgres.execute(f"CREATE DATABASE {self.kept} TEMPLATE {self.template}")

    def postgres(self):
        return psycopg.connect(self.admin, dbname="postgres", autocommit=True)

    def take(self, topic, load):
        """Adds a topic to the database."""
        self.topic = topic
        for key in ("produced", "unique", "duplicates", "rejected"):
            self.load[key] += load[key]
        costs = self.load["cost_by_currency"]
        for currency, cost in load["cost_by_currency"].items():
            total = decimal.Decimal(costs.get(currency, "0")) + decimal.Decimal(cost)
            costs[currency] = format(total.normalize(), "f")
        sample = self.measure("daybook1")
        with psycopg.connect(self.admin, autocommit=True) as database:
            database.execute("VACUUM (ANALYZE) invocations")  # not in the next run, while another one rests
        with self.postgres() as postgres:
            rename(postgres, "daybook", self.kept)
        return sample

    def fresh_database(self):
        with self.postgres() as postgres:
            postgres.execute("DROP DATABASE IF EXISTS daybook WITH (FORCE)")
            rename(postgres, self.kept, "daybook")
            postgres.execute("CHECKPOINT")

    def check(self, name, database):
        """Every row counts at the end; in between what the ledger says."""
        counted = books.one(database, "SELECT sum(stored)::bigint FROM ingest_batches")[0]
        if counted != self.load["unique"]:
            sys.exit(f"perf: {counted} records are stored, not {self.load['unique']}")
        return {}

    def check_all(self):
        self.fresh_database()
        with psycopg.connect(self.admin, autocommit=True) as database:
            super().check("daybook1", database)
        with self.postgres() as postgres:
            rename(postgres, "daybook", self.kept)


def rename(postgres, old, new):
    postgres.execute(f"ALTER DATABASE {old} ALLOW_CONNECTIONS false")
    postgres.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", (old,))
    postgres.execute(f"ALTER DATABASE {old} RENAME TO {new}")
    postgres.execute(f"ALTER DATABASE {new} ALLOW_CONNECTIONS true")


def produce(daybook, topic, records, seed, end):
    print(f"producing {records} records", file=sys.stderr)
    brokers = os.environ["DAYBOOK_KAFKA_BROKERS"]
    subprocess.run(["python3", f"{HERE}/../ops/lib/create_topics.py", brokers, str(TOPIC_PARTITIONS), topic], check=True)
    made = subprocess.run(
        [daybook, "produce", "-X", "compression.type=lz4", "--partition-by", "random", "--json", "--days", "1", "--end", end,
         "--topic", f"{topic}=invocations", "--generate", str(records), "--seed", str(seed)],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(made.stdout)


def measured(servers, daybook, records, rounds, points, end):
    kept = {rows: KeptRuns(servers, daybook, rows) for rows in points}
    day_before = (datetime.datetime.fromisoformat(end) - datetime.timedelta(days=1)).isoformat()
    for rows, runs in kept.items():
        if rows:
            topic = f"filled-{rows}"
            runs.take(topic, produce(daybook, topic, rows, 1, day_before))
    for number in range(1, rounds + 1):
        topic = f"round-{number}"
        load = produce(daybook, topic, records, 1 + number, end)
        for rows, runs in list(kept.items())[::-1 if number % 2 else 1]:
            before = runs.load["unique"]
            sample = runs.take(topic, load)
            yield {"rows_before": before, "records": records, "seconds": f"{sample['seconds']:.3f}",
                   "records_per_second": f"{records / sample['seconds']:.0f}",
                   "program_cpu_us": f"{sample['cpu']['program'] / records * 1e6:.2f}",
                   "postgres_cpu_us": f"{sample['cpu']['postgres'] / records * 1e6:.2f}",
                   "wal_bytes": f"{sample['wal_bytes'] / records:.0f}", "peak_mib": f"{sample['peak_mib']:.0f}"}
    for runs in kept.values():
        runs.check_all()


def main():
    servers, daybook, records, rounds, points, end, path = sys.argv[1:]
    points = [int(point) for point in points.split(",")]
    figure_data.write(path, measured(servers, daybook, int(records), int(rounds), points, end))


main()
