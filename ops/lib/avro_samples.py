#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes Tests/RecordsTests/Golden/avro.ndjson: random schemas, records of them as fastavro writes
them, and the JSON that Daybook reads them as.

    pip install fastavro==1.13.1 && ops/lib/avro_samples.py > Tests/RecordsTests/Golden/avro.ndjson
"""
import base64
import datetime
import decimal
import io
import json
import random
import struct
import sys
import uuid

import fastavro

SEED = 20260821
COUNT = 150
random.seed(SEED)
TEXTS = ["", "a", "acme", "ü€𝄞", 'quote " and \\', "line\nfeed", "x" * 200]
DOUBLES = [0.0, -0.0, 0.1, 2.85e-05, 1e22, -1.5, 5e-324, 1.7976931348623157e308, 3.0]


class Names:
    """Names of a schema that were given, with their definition."""

    def __init__(self):
        self.known = []

    def new(self):
        return f"n{len(self.known)}_{random.randrange(1000)}"


def schema(names, depth):
    simple = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]
    kind = random.choice(
        simple * 2 + ["date", "decimal", "fixed decimal", "uuid", "fixed uuid", "timestamp-millis"]
        + ["timestamp-micros", "time-micros", "fixed", "enum"]
        + (["record", "record", "array", "map", "union", "union", "named"] if depth > 0 else []))
    if kind in simple:
        return kind if random.random() < 0.7 else {"type": kind, "doc": 'a \\u0000 "doc"'}
    if kind in ("timestamp-millis", "timestamp-micros", "time-micros"):
        return {"type": "long", "logicalType": kind}
    if kind == "date":
        return {"type": "int", "logicalType": "date"}
    if kind == "decimal":
        return {"type": "bytes", "logicalType": "decimal", "precision": 30,
                "scale": random.choice([0, 2, 12])}
    if kind == "uuid":
        return {"type": "string", "logicalType": "uuid"}
    if kind == "array":
        return {"type": "array", "items": schema(names, depth - 1)}
    if kind == "map":
        return {"type": "map", "values": schema(names, depth - 1)}
    if kind == "union":
        branches = ["null", schema(names, 0)]
        if random.random() < 0.5:
            branches += [{"type": "array", "items": schema(names, depth - 1)}]
        if random.random() < 0.3:
            branches.reverse()
        kinds = [b if isinstance(b, str) else b["type"] for b in branches]
        return branches if len(set(kinds)) == len(kinds) else ["null", "string"]
    if kind == "named":
        return random.choice(names.known) if names.known else "long"
    name = names.new()
    result = {"name": name}
    if random.random() < 0.3:
        result["namespace"] = "site.calls"
    full = f"{result['namespace']}.{name}" if "namespace" in result else name
    if kind == "fixed":
        result.update(type="fixed", size=random.choice([0, 1, 12]))
    elif kind == "fixed decimal":
        result.update(type="fixed", size=random.choice([4, 16]), logicalType="decimal",
                      precision=9, scale=3)
    elif kind == "fixed uuid":
        result.update(type="fixed", size=16, logicalType="uuid")
    elif kind == "enum":
        result.update(type="enum", symbols=["OPENAI", "ANTHROPIC", "OTHER"])
    else:
        return record(names, depth - 1)
    # A type inside of a record is of its namespace, unless it has one of its own.
    result.setdefault("namespace", "site.other")
    if full == name:
        full = f"site.other.{name}"
    names.known.append(full)
    return result


def record(names, depth):
    name = names.new()
    fields = []
    if random.random() < 0.3:
        fields.append({"name": "parent", "type": ["null", f"site.records.{name}"], "default": None})
    for number in range(random.randrange(0, 5)):
        fields.append({"name": f"f{number}", "type": schema(names, depth)})
    names.known.append(f"site.records.{name}")
    return {"type": "record", "name": name, "namespace": "site.records", "fields": fields,
            "aliases": ["other"]}


def value(parsed, named, depth):
    """A value for fastavro, and the same as JSON."""
    if isinstance(parsed, list):
        branch = parsed[0] if depth <= 0 and parsed[0] == "null" else random.choice(parsed)
        if depth <= 0 and "null" in parsed:
            branch = "null"
        given, shown = value(branch, named, depth - 1)
        if isinstance(given, dict):
            kind = branch if isinstance(branch, str) else branch["name"]
            return (kind, given), shown
        return given, shown
    if isinstance(parsed, str) and parsed in named:
        parsed = named[parsed]
    kind = parsed if isinstance(parsed, str) else parsed["type"]
    logical = parsed.get("logicalType") if isinstance(parsed, dict) else None
    if logical == "decimal":
        digits = random.choice([1, 5, 9])
        number = decimal.Decimal(random.randrange(-10 ** digits + 1, 10 ** digits)).scaleb(
            -parsed.get("scale", 0))
        return number, number
    if logical == "date":
        day = datetime.date(random.randrange(1, 9999), random.randrange(1, 13),
                            random.randrange(1, 29))
        return day, day.isoformat()
    if logical == "uuid":
        number = uuid.UUID(int=random.getrandbits(128))
        return number.bytes if kind == "fixed" else number, str(number)
    if kind == "null":
        return None, None
    if kind == "boolean":
        return (random.random() < 0.5,) * 2
    if kind == "int":
        return (random.choice([0, -1, 63, 64, -65, 2 ** 31 - 1, -2 ** 31]),) * 2
    if kind == "long":
        return (random.choice([0, -1, 64, 1787303702123456, 2 ** 63 - 1, -2 ** 63]),) * 2
    if kind == "float":
        number = random.choice([0.0, 0.1, -1.5, 3.0e38])
        return number, struct.unpack("<f", struct.pack("<f", number))[0]
    if kind == "double":
        return (random.choice(DOUBLES),) * 2
    if kind == "string":
        return (random.choice(TEXTS),) * 2
    if kind in ("bytes", "fixed"):
        size = parsed["size"] if kind == "fixed" else random.choice([0, 1, 2, 3, 40])
        content = random.randbytes(size)
        return content, base64.b64encode(content).decode()
    if kind == "enum":
        return (random.choice(parsed["symbols"]),) * 2
    if kind == "array":
        pairs = [value(parsed["items"], named, depth - 1) for _ in range(random.choice([0, 1, 3]))]
        return [p[0] for p in pairs], [p[1] for p in pairs]
    if kind == "map":
        pairs = {key: value(parsed["values"], named, depth - 1)
                 for key in random.sample(["", "a", "ü", "model name"], random.choice([0, 1, 2]))}
        return {k: p[0] for k, p in pairs.items()}, {k: p[1] for k, p in pairs.items()}
    pairs = {f["name"]: value(f["type"], named, depth - 1) for f in parsed["fields"]}
    return {k: p[0] for k, p in pairs.items()}, {k: p[1] for k, p in pairs.items()}


def text(shown):
    if isinstance(shown, decimal.Decimal):
        return format(shown, "f")
    if isinstance(shown, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{text(v)}" for k, v in shown.items()) + "}"
    if isinstance(shown, list):
        return "[" + ",".join(map(text, shown)) + "]"
    return json.dumps(shown)


def main():
    written = 0
    while written < COUNT:
        names = Names()
        given = record(names, 3)
        named = {}
        parsed = fastavro.parse_schema(given, named)
        sample, shown = value(parsed, named, 5)
        buffer = io.BytesIO()
        fastavro.schemaless_writer(buffer, parsed, sample)
        if len(buffer.getvalue()) > 1500 or len(json.dumps(given)) > 2500:
            continue
        body = base64.b64encode(buffer.getvalue()).decode()
        sys.stdout.write(
            f'{{"schema":{json.dumps(json.dumps(given))},"base64":"{body}","json":{text(shown)}}}\n')
        written += 1


main()
