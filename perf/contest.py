# SPDX-License-Identifier: Apache-2.0
"""contest.py SERVERS DAYBOOK TOPIC LOAD ROUNDS ONLY JSON: the rounds of perf/run.

Each contestant of a round starts from a new database of one template, after a checkpoint, and its books are compared
with what the generator said (books.py). Rates are records a second from the start of its first process to the end of
its last one.
"""
import json
import os
import signal
import statistics
import subprocess
import sys
import time

import psycopg

import books
from meter import Program, Servers

HERE = os.path.dirname(os.path.abspath(__file__))
# Where a second process joins and leaves, on the dirty load: at these shares of the records, and not before it can
# have begun.
JOINS_AT, LEAVES_AT, STAYS_SECONDS_MIN = 1 / 3, 2 / 3, 2

TITLES = {
    "copy1": "`psql \\copy`, one stream", "copy2": "`psql \\copy`, two streams", "read": "librdkafka, reading only",
    "daybook1": "Daybook, 1 worker", "daybook2": "Daybook, 2 workers", "daybook2p": "Daybook, 2 processes",
    "python1": "Python, 1 process", "python2": "Python, 2 processes",
}

# A process that is smaller than we are has our own peak: the kernel counts from the fork on.
WITH_MEMORY = ("daybook1", "daybook2", "daybook2p", "python1", "python2")


class Contest:
    def __init__(self, servers, daybook, topic, load):
        self.directory, self.daybook, self.topic, self.load_name = servers, daybook, topic, load
        self.servers = Servers(servers)
        self.brokers = os.environ["DAYBOOK_KAFKA_BROKERS"]
        self.admin = os.environ["DAYBOOK_ADMIN_DATABASE_URL"]
        with open(f"{servers}/produce.json") as file:
            self.load = json.load(file)
        self.log = open(f"{servers}/contest.log", "ab")

    def commands(self, name):
        """The processes of a contestant; the last one is what joins in the middle."""
        ingest = [self.daybook, "ingest", "--topic", f"{self.topic}=invocations"]
        one, two = (ingest + ["--until-end", "--workers", count] for count in "12")
        peer = [sys.executable, f"{HERE}/peers/pipeline.py", self.brokers, self.topic]
        return {
            "copy1": ([self.copy("rows.copy")], None),
            "copy2": ([self.copy("even.copy"), self.copy("odd.copy")], None),
            "read": ([[f"{self.directory}/read_topic", self.brokers, self.topic]], None),
            "daybook1": ([one], ingest), "daybook2": ([two], ingest), "daybook2p": ([one, one], ingest),
            "python1": ([peer], peer), "python2": ([peer, peer], peer),
        }[name]

    def copy(self, file):
        with open(f"{self.directory}/postgres15/socket") as socket, open(f"{self.directory}/postgres15/port") as port:
            where = f"host={socket.read().strip()} port={port.read().strip()} user=postgres dbname=daybook"
        return ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", where, "-c",
                f"\\copy invocations FROM '{self.directory}/{file}' WITH (FORMAT binary)"]

    def fresh_database(self):
        with psycopg.connect(self.admin, dbname="postgres", autocommit=True) as postgres:
            postgres.execute("DROP DATABASE daybook WITH (FORCE)")
            postgres.execute("CREATE DATABASE daybook TEMPLATE template_daybook")
            postgres.execute("CHECKPOINT")

    def measure(self, name, joins=None):
        """Runs a contestant; returns seconds, CPU seconds by process and peak memory."""
        self.fresh_database()
        commands, joiner = self.commands(name)
        joins = self.load_name == "dirty" if joins is None else joins
        environment = {}
        if name.startswith("python"):  # its own table, which the role of ingest may not make
            environment["DAYBOOK_DATABASE_URL"] = os.environ["DAYBOOK_DATABASE_URL"].replace("daybook_ingest", "postgres")
        before = self.servers.cpu()
        programs = [Program(command, self.log, environment) for command in commands]
        second = self.come_and_go(name, joiner, programs, environment) if joins and joiner else None
        for program in programs:
            program.ended.wait()
        seconds = max(p.finished for p in programs) - programs[0].began
        if second:
            second.signal(signal.SIGTERM)
            second.ended.wait()
            programs.append(second)
        cpu = {server: after - before[server] for server, after in self.servers.cpu().items()}
        cpu["program"] = sum(p.cpu for p in programs)
        if any(program.code for program in programs):
            sys.exit(f"contest: {name} has failed; see {self.log.name}")
        sample = {"seconds": seconds, "cpu": cpu, "peak_mib": sum(p.peak_mib for p in programs)}
        with psycopg.connect(self.admin, autocommit=True) as database:
            sample.update(self.check(name, database))
        return sample

    def check(self, name, database):
        try:
            if name.startswith("daybook"):
                books.of_daybook(database, self.load)
                busy = books.one(database, "SELECT extract(epoch FROM max(committed_at) - min(committed_at))::float, "
                                           "count(*), count(DISTINCT owner) FROM ingest_batches")
                return {"first_to_last_commit": busy[0], "batches": busy[1], "owners": busy[2]}
            if name.startswith("python"):
                books.of_peer(database, self.load)
            elif name != "read":
                books.of_copy(database, self.load)
        except books.Wrong as wrong:
            sys.exit(f"contest: {name}: {wrong}")
        return {}

    def come_and_go(self, name, joiner, programs, environment):
        """A second process in the middle third: the partitions move to it and back."""
        table = "ingest_offsets" if name.startswith("daybook") else "peer_offsets"
        second = None
        with psycopg.connect(self.admin, autocommit=True) as database:
            while not any(program.ended.is_set() for program in programs):
                there = books.one(database, f"SELECT to_regclass('{table}')")[0]
                done = there and books.one(database, f"SELECT sum(next_offset)::bigint FROM {table}")[0] or 0
                if not second and done >= self.load["produced"] * JOINS_AT:
                    second = Program(joiner, self.log, environment)
                if second and done >= self.load["produced"] * LEAVES_AT and second.age() >= STAYS_SECONDS_MIN:
                    second.signal(signal.SIGTERM)
                    break
                time.sleep(0.05)
        return second

    def dump_rows(self):
        """The rows in the order in which they were stored, whole and in two halves."""
        with psycopg.connect(self.admin) as database:
            for file, which in (("rows", "true"), ("even", "source_offset % 2 = 0"), ("odd", "source_offset % 2 = 1")):
                with open(f"{self.directory}/{file}.copy", "wb") as out, database.cursor().copy(
                        f"COPY (SELECT * FROM invocations WHERE {which}) TO STDOUT WITH (FORMAT binary)") as copy:
                    for data in copy:
                        out.write(data)


def spread(values, form):
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:{form}} ({low:{form}}–{high:{form}})"


class Report:
    def __init__(self, contest, samples):
        self.contest, self.samples = contest, samples

    def rates(self, name):
        amount = "unique" if name.startswith("copy") else "produced"
        return [self.contest.load[amount] / sample["seconds"] for sample in self.samples[name]]

    def ratio(self, name, other):
        """Round by round, then the median: both halves of a quotient have seen the same machine."""
        if name == other or other not in self.samples:
            return ""
        return spread([a / b for a, b in zip(self.rates(name), self.rates(other))], ".2f")

    def cpu(self, name, who):
        values = [sample["cpu"][who] / self.contest.load["produced"] * 1e6 for sample in self.samples[name]]
        return f"{statistics.median(values):.1f}"

    def table(self):
        yield ("| | of one stream | of two streams | of Python, 2 processes | records/s | CPU of the program, µs a record "
               "| of PostgreSQL | of the pooler | of the broker | peak memory, MiB |")
        yield "| --- |" + " --- |" * 9
        for name in self.samples:
            memory = f"{statistics.median(sample['peak_mib'] for sample in self.samples[name]):.0f}"
            yield "| " + " | ".join([
                TITLES[name], *(self.ratio(name, other) for other in ("copy1", "copy2", "python2")),
                spread(self.rates(name), ",.0f"),
                *(self.cpu(name, who) for who in ("program", "postgres", "pooler", "broker")),
                memory if name in WITH_MEMORY else ""]) + " |"


def main():
    servers, daybook, topic, load, rounds, only, output = sys.argv[1:]
    names = only.split(",") if only else list(TITLES)
    contest = Contest(servers, daybook, topic, load)
    print("a first ingest, to have the rows as a file", file=sys.stderr)
    contest.measure("daybook1", joins=False)
    contest.dump_rows()
    samples = {name: [] for name in names}
    for number in range(1, int(rounds) + 1):
        for name in names:
            sample = contest.measure(name)
            samples[name].append(sample)
            print(f"round {number}: {TITLES[name]}: {sample['seconds']:.2f} s, CPU "
                  + ", ".join(f"{who} {seconds:.2f} s" for who, seconds in sample["cpu"].items()), file=sys.stderr)
    report = Report(contest, samples)
    print("\n".join(report.table()))
    if output:
        with open(output, "w") as file:
            json.dump({"load": load, "produced": contest.load, "samples": samples}, file, indent=1)


main()
