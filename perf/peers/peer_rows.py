# SPDX-License-Identifier: Apache-2.0
"""The rows of one batch of pipeline.py: Kafka messages in, lines of COPY and sums of rollups out."""
import re
from collections import defaultdict
from datetime import datetime, timezone
from decimal import Decimal
from hashlib import sha256

import orjson

COLUMNS = (
    "invocation_id", "occurred_at", "tenant_id", "project_id", "user_id", "provider", "operation", "request_model",
    "response_model", "response_id", "input_tokens", "output_tokens", "cache_read_input_tokens",
    "cache_creation_input_tokens", "reasoning_output_tokens", "service_tier", "cost", "currency", "cost_source",
    "status", "error_type", "finish_reasons", "stream", "duration_ms", "time_to_first_token_ms", "conversation_id",
    "trace_id", "span_id", "tags", "metadata", "content_sha256", "ingested_at", "source_topic", "source_partition",
    "source_offset")

IS_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}").fullmatch
IS_UTC = re.compile(r"202\d-(0\d|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z").fullmatch
IS_COST = re.compile(r"\d{1,12}(\.\d{1,12})?").fullmatch
IS_CURRENCY = re.compile(r"[A-Z]{3}").fullmatch
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
TENANT_MAX, METADATA_BYTES_MAX = 128, 16_384
NONE = "\\N"


class Refused(Exception):
    """A record that is not stored."""


class Rows:
    """What is in the open batch, by partition: (offset, line or None, key of its rollup, its measures)."""

    def __init__(self, topic):
        self.topic = topic
        self.entries = defaultdict(list)
        self.count = 0

    def __len__(self):
        return self.count

    def clear(self):
        self.entries.clear()
        self.count = 0

    def forget(self, partitions):
        for partition in partitions:
            self.count -= len(self.entries.pop(partition, ()))

    def add(self, messages):
        now = datetime.now(timezone.utc)
        ingested, newest = now.isoformat(), now.strftime("%Y-%m-%dT%H:%M:%S") + "~"
        for message in messages:
            if message.error():
                continue
            partition, offset = message.partition(), message.offset()
            try:
                entry = self.entry(message, partition, offset, ingested, newest)
            except (Refused, ValueError, TypeError, AttributeError):
                entry = (offset, None, None, None)
            self.entries[partition].append(entry)
            self.count += 1

    def entry(self, message, partition, offset, ingested, newest):
        payload, key = message.value(), message.key()
        if payload is None:
            raise Refused("tombstone")
        headers = dict(message.headers() or ())
        if payload[:1] == b"\0":
            payload = payload[5:]
        kind = headers.get("content-type", b"application/json")
        if b"json" not in kind or "content-encoding" in headers:
            raise Refused("not JSON")
        record = orjson.loads(payload)
        identity, time = headers.get("ce_id"), headers.get("ce_time")
        if kind.startswith(b"application/cloudevents"):
            record = record["data"]
        get = record.get
        identity = get("invocation_id") or identity.decode()
        time = get("occurred_at") or time.decode()
        tenant = get("tenant_id") or key.decode()
        if not IS_UUID(identity) or len(tenant) > TENANT_MAX or (key is not None and key.decode() != tenant):
            raise Refused("identity")
        day = time[:10]
        if not IS_UTC(time):
            moment = datetime.fromisoformat(time)
            if moment.tzinfo is None:
                raise Refused("time without zone")
            time = moment.astimezone(timezone.utc).isoformat()
            day = time[:10]
        if not "2020" <= time < newest:
            raise Refused("time")
        return self.line(record, get, payload, headers, identity, time, day, tenant, partition, offset, ingested)

    def line(self, record, get, payload, headers, identity, time, day, tenant, partition, offset, ingested):
        project, provider = get("project_id"), get("provider")
        request, response, tier = get("request_model"), get("response_model"), get("service_tier") or "standard"
        status = get("status") or "success"
        tokens_in, tokens_out = get("input_tokens"), get("output_tokens")
        read, created = get("cache_read_input_tokens") or 0, get("cache_creation_input_tokens") or 0
        reasoning = get("reasoning_output_tokens") or 0
        if status not in ("success", "failure"):
            raise Refused("status")
        if tokens_in is not None and (min(tokens_in, tokens_out, read) < 0 or read + created > tokens_in):
            raise Refused("tokens")
        cost, currency = get("cost"), get("currency")
        money = None
        if cost is not None:
            cost = cost if isinstance(cost, str) else format(Decimal(repr(cost)), "f")
            if not IS_COST(cost) or currency is None or not IS_CURRENCY(currency):
                raise Refused("cost")
            money = Decimal(cost)
        tags, metadata = get("tags"), get("metadata")
        if metadata is not None:
            metadata = orjson.dumps(metadata)
            if len(metadata) > METADATA_BYTES_MAX or b"\\u0000" in metadata:
                raise Refused("metadata")
            metadata = metadata.decode()
        reasons = get("finish_reasons")
        trace = headers.get("traceparent")
        trace = trace.decode().split("-") if trace else (0, get("trace_id"), get("span_id"))
        streams = get("stream")
        values = (
            identity, time, tenant, project, get("user_id"), provider, get("operation") or "chat", request, response,
            get("response_id"), tokens_in, tokens_out, read, created, reasoning, tier, cost,
            currency if money is not None else None, "producer" if money is not None else "none", status,
            get("error_type"), reasons and "{" + ",".join(reasons) + "}", streams, get("duration_ms"),
            get("time_to_first_token_ms"), get("conversation_id"), trace[1], trace[2],
            tags and orjson.dumps(tags).decode(), metadata)
        if b"\\" in payload:
            values = [value.translate(ESCAPES) if isinstance(value, str) else value for value in values]
        line = "\t".join([NONE if value is None else str(value) for value in values])
        line = f"{line}\t\\\\x{sha256(payload).hexdigest()}\t{ingested}\t{self.topic}\t{partition}\t{offset}\n"
        group = (tenant, day, project or "", provider, response or request, tier, currency if money is not None else "XXX")
        return offset, line, group, (
            money or 0, status == "failure", money is None, tokens_in or 0, tokens_out or 0, read, created, reasoning)

    def lines(self):
        return [entry[1] for entries in self.entries.values() for entry in entries if entry[1]]

    def deltas(self, stored):
        """Lines of the rollup sums of the stored rows; `stored` has (partition, offset), or is None for all."""
        sums = {}
        for partition, entries in self.entries.items():
            for offset, line, group, measures in entries:
                if line is None or (stored is not None and (partition, offset) not in stored):
                    continue
                total = sums.get(group)
                if total is None:
                    sums[group] = [measures[0], 1, *measures[1:]]
                    continue
                cost, failed, unpriced, tokens_in, tokens_out, read, created, reasoning = measures
                total[0] += cost
                total[1] += 1
                total[2] += failed
                total[3] += unpriced
                total[4] += tokens_in
                total[5] += tokens_out
                total[6] += read
                total[7] += created
                total[8] += reasoning
        for group, total in sums.items():
            total[2], total[3] = int(total[2]), int(total[3])
            yield "\t".join([*group, *map(str, total)]) + "\n"

    def moves(self, stored):
        """From, next, stored, duplicates, rejected and the partition, in partition order."""
        for partition in sorted(self.entries):
            entries = self.entries[partition]
            if not entries:
                continue
            good = [entry[0] for entry in entries if entry[1]]
            kept = len(good) if stored is None else sum((partition, offset) in stored for offset in good)
            yield (entries[0][0], entries[-1][0] + 1, kept, len(good) - kept, len(entries) - len(good), partition)
