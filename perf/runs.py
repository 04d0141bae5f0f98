# SPDX-License-Identifier: Apache-2.0
"""Runs of a contestant: a new database, its processes, what they used, and their books."""
import json
import os
import signal
import sys
import time

import psycopg

import books
from meter import Program, Servers

HERE = os.path.dirname(os.path.abspath(__file__))
# Where a second process joins and leaves, on the dirty load: at these shares of the records, and not before it can
# have begun.
JOINS_AT, LEAVES_AT, STAYS_SECONDS_MIN = 1 / 3, 2 / 3, 2


class Runs:
    """`comes_and_goes`: whether a second process joins in the middle. `ingest` has more options of Daybook."""

    def __init__(self, servers, daybook, topic, comes_and_goes=False):
        self.directory, self.daybook, self.topic, self.comes_and_goes = servers, daybook, topic, comes_and_goes
        self.table, self.template, self.ingest = "invocations", "template_daybook", []
        self.began = lambda programs: None
        self.servers = Servers(servers)
        self.brokers = os.environ["DAYBOOK_KAFKA_BROKERS"]
        self.admin = os.environ["DAYBOOK_ADMIN_DATABASE_URL"]
        self.log = open(f"{servers}/runs.log", "ab")

    def read_load(self, path):
        with open(path) as file:
            self.load = json.load(file)

    def commands(self, name):
        """The processes of a contestant; the last one is what joins in the middle."""
        ingest = [self.daybook, "ingest", "--topic", f"{self.topic}={self.table}", *self.ingest]
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
            postgres.execute(f"CREATE DATABASE daybook TEMPLATE {self.template}")
            postgres.execute("CHECKPOINT")

    def wal_bytes(self):
        with psycopg.connect(self.admin, autocommit=True) as database:
            return int(books.one(database, "SELECT pg_current_wal_insert_lsn() - '0/0'")[0])

    def measure(self, name, comes_and_goes=None):
        """Runs a contestant; returns seconds, CPU seconds by process and peak memory."""
        self.fresh_database()
        commands, joiner = self.commands(name)
        if comes_and_goes is None:
            comes_and_goes = self.comes_and_goes
        environment = {}
        if name.startswith("python"):  # its own table, which the role of ingest may not make
            environment["DAYBOOK_DATABASE_URL"] = os.environ["DAYBOOK_DATABASE_URL"].replace("daybook_ingest", "postgres")
        before, wal_before = self.servers.cpu(), self.wal_bytes()
        programs = [Program(command, self.log, environment) for command in commands]
        self.began(programs)
        second = self.come_and_go(name, joiner, programs, environment) if comes_and_goes and joiner else None
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
            sys.exit(f"perf: {name} has failed; see {self.log.name}")
        sample = {"seconds": seconds, "cpu": cpu, "peak_mib": sum(p.peak_mib for p in programs),
                  "wal_bytes": self.wal_bytes() - wal_before}
        with psycopg.connect(self.admin, autocommit=True) as database:
            sample.update(self.check(name, database))
        return sample

    def check(self, name, database):
        try:
            if name.startswith("daybook"):
                books.of_daybook(database, self.load, self.table)
                busy = books.one(database, "SELECT extract(epoch FROM max(committed_at) - min(committed_at))::float, "
                                           "count(*), count(DISTINCT owner) FROM ingest_batches")
                return {"first_to_last_commit": busy[0], "batches": busy[1], "owners": busy[2]}
            if name.startswith("python"):
                books.of_peer(database, self.load)
            elif name != "read":
                books.of_copy(database, self.load)
        except books.Wrong as wrong:
            sys.exit(f"perf: {name}: {wrong}")
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
