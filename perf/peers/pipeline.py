# SPDX-License-Identifier: Apache-2.0
"""pipeline.py BROKERS TOPIC: what a good team writes in Python, into the same tables as Daybook.

confluent-kafka, orjson and psycopg 3. Rows, rollups and offsets move in one transaction a batch, through the pooler of
DAYBOOK_DATABASE_URL; a record that was stored before is left out. Ends when everything is stored that waited at the
start. It lacks what the rest of Daybook is for: fencing, the ledger, prices, closed months, time zones, halts, telemetry.

Tuned: one COPY of text lines made by one join; no escaping for a payload without a backslash (JSON escapes whatever
COPY would have to); after the first duplicate every batch goes through a temporary table, as a failed COPY costs more.
"""
import logging
import os
import signal
import sys
import threading
import time

import psycopg
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from peer_rows import COLUMNS, Rows

BATCH_RECORDS_MAX, BATCH_SECONDS_MAX = 20_000, 1.0
POLL_RECORDS_MAX, POLL_SECONDS_MAX = 2_000, 0.1
KEY = "tenant_id, {period}, project_id, provider, model, service_tier, currency"
MEASURES = ("cost", "records", "failed_records", "unpriced_records", "input_tokens", "output_tokens",
            "cache_read_input_tokens", "cache_creation_input_tokens", "reasoning_output_tokens")

TABLES = """
CREATE TABLE IF NOT EXISTS peer_offsets (
  partition integer PRIMARY KEY, next_offset bigint NOT NULL,
  stored bigint NOT NULL DEFAULT 0, duplicates bigint NOT NULL DEFAULT 0, rejected bigint NOT NULL DEFAULT 0)
"""
STAGE = """
CREATE TEMP TABLE deltas (tenant_id text, day date, project_id text, provider text, model text, service_tier text,
  currency text, cost numeric, records bigint, failed_records bigint, unpriced_records bigint, input_tokens bigint,
  output_tokens bigint, cache_read_input_tokens bigint, cache_creation_input_tokens bigint,
  reasoning_output_tokens bigint) ON COMMIT DROP
"""
INSERT_STAGED = f"""
INSERT INTO invocations ({', '.join(COLUMNS)}) SELECT {', '.join(COLUMNS)} FROM staged
ON CONFLICT DO NOTHING RETURNING source_partition, source_offset
"""


def add(table, period, day):
    """The deltas into a rollup table, in key order: two writers never wait in a circle."""
    key = KEY.format(period=period)
    sums = ", ".join(f"sum({name})" for name in MEASURES)
    more = ", ".join(f"{name} = c.{name} + excluded.{name}" for name in MEASURES)
    return f"""
INSERT INTO {table} AS c ({key}, {', '.join(MEASURES)}, updated_at)
SELECT tenant_id, {day}, project_id, provider, model, service_tier, currency, {sums}, clock_timestamp() FROM deltas
 GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY tenant_id COLLATE "C", 2, provider COLLATE "C", model COLLATE "C",
   project_id COLLATE "C", service_tier COLLATE "C", currency COLLATE "C"
ON CONFLICT (tenant_id, {period}, provider, model, project_id, service_tier, currency) DO UPDATE SET {more},
  updated_at = excluded.updated_at"""


ADD_DAILY = add("costs_daily", "day", "day")
ADD_MONTHLY = add("costs_monthly", "month", "date_trunc('month', day)::date")


class Moved(Exception):
    """Somebody else has stored from here on: the partition went to another process."""


class Pipeline:
    def __init__(self, brokers, topic, stop):
        self.topic = topic
        self.stop = stop
        self.stages = False  # whether rows go through a temporary table
        # No prepared statements: the pooler gives another server connection to every transaction.
        self.database = psycopg.connect(os.environ["DAYBOOK_DATABASE_URL"], prepare_threshold=None)
        with self.database.transaction():
            self.database.execute("SELECT pg_advisory_xact_lock(1)")
            self.database.execute(TABLES)
        self.consumer = Consumer({
            "bootstrap.servers": brokers, "group.id": "python-peer", "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "session.timeout.ms": 6000, "heartbeat.interval.ms": 500})  # as Daybook: a rebalance waits for a heartbeat
        self.ends = self.read_ends()
        self.rows = Rows(topic)
        self.consumer.subscribe([topic], on_assign=self.assigned, on_revoke=self.gone, on_lost=self.gone)

    def read_ends(self):
        partitions = self.consumer.list_topics(self.topic, timeout=10).topics[self.topic].partitions
        return {p: self.consumer.get_watermark_offsets(TopicPartition(self.topic, p), timeout=10)[1]
                for p in partitions}

    def assigned(self, consumer, partitions):
        consumer.assign(self.positions(partitions))

    def positions(self, partitions):
        stored = self.stored()
        return [TopicPartition(self.topic, p.partition, stored.get(p.partition, OFFSET_BEGINNING)) for p in partitions]

    def stored(self):
        with self.database.transaction():
            return dict(self.database.execute("SELECT partition, next_offset FROM peer_offsets").fetchall())

    def gone(self, consumer, partitions):
        # What is not stored yet belongs to the next owner, who reads it again.
        self.rows.forget({p.partition for p in partitions})
        consumer.unassign()

    def run(self):
        began, checked = time.monotonic(), 0.0
        while not self.stop.is_set():
            messages = self.consumer.consume(POLL_RECORDS_MAX, POLL_SECONDS_MAX)
            self.rows.add(messages)
            if not len(self.rows):
                began = time.monotonic()
                if not messages and began - checked > 0.1:
                    checked = began
                    if self.is_done():
                        break
            elif len(self.rows) >= BATCH_RECORDS_MAX or not messages or time.monotonic() - began > BATCH_SECONDS_MAX:
                self.store()
                began = time.monotonic()
        self.consumer.close()

    def is_done(self):
        stored = self.stored()
        return all(stored.get(partition, 0) >= end for partition, end in self.ends.items())

    def store(self):
        while True:
            try:
                with self.database.transaction():
                    self.write()
                break
            except psycopg.errors.UniqueViolation:
                self.stages = True
            except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected):
                continue
            except Moved:
                self.read_again()
                break
        self.rows.clear()

    def read_again(self):
        """From what the database says, whatever was polled since."""
        for partition in self.positions(self.consumer.assignment()):
            self.consumer.seek(partition)

    def write(self):
        cursor = self.database.cursor()
        stored = None  # all of them
        if self.stages:
            cursor.execute("CREATE TEMP TABLE staged (LIKE invocations INCLUDING DEFAULTS) ON COMMIT DROP")
            self.copy(cursor, "staged", COLUMNS, self.rows.lines())
            stored = set(cursor.execute(INSERT_STAGED).fetchall())
        else:
            self.copy(cursor, "invocations", COLUMNS, self.rows.lines())
        cursor.execute(STAGE)
        self.copy(cursor, "deltas", None, self.rows.deltas(stored))
        moves = self.rows.moves(stored)
        for first, after, kept, twice, refused, partition in moves:
            cursor.execute(
                "INSERT INTO peer_offsets AS p VALUES (%s, %s, %s, %s, %s) ON CONFLICT (partition) DO UPDATE SET "
                "next_offset = excluded.next_offset, stored = p.stored + excluded.stored, "
                "duplicates = p.duplicates + excluded.duplicates, rejected = p.rejected + excluded.rejected "
                "WHERE p.next_offset = %s", (partition, after, kept, twice, refused, first))
            if cursor.rowcount != 1:
                raise Moved
        cursor.execute(ADD_DAILY)
        cursor.execute(ADD_MONTHLY)

    @staticmethod
    def copy(cursor, table, columns, lines):
        names = f" ({', '.join(columns)})" if columns else ""
        with cursor.copy(f"COPY {table}{names} FROM STDIN") as copy:
            copy.write("".join(lines))


def main():
    logging.basicConfig(level=logging.WARNING)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Pipeline(*sys.argv[1:], stop).run()


main()
