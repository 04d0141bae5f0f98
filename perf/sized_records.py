# SPDX-License-Identifier: Apache-2.0
"""sized_records.py BYTES COUNT END: invocations of a size as NDJSON, for `daybook produce`; the same numbers, the same bytes.

What is too much for metadata stands in a field that Daybook does not know and leaves out, as prompts do that a producer
should not send.
"""
import datetime
import json
import random
import sys

METADATA_BYTES_MAX = 16_000

size, count, end = int(sys.argv[1]), int(sys.argv[2]), datetime.datetime.fromisoformat(sys.argv[3])
draw = random.Random(size)
for number in range(count):
    at = end - datetime.timedelta(microseconds=draw.randrange(1, 86_400_000_000))
    record = {
        "invocation_id": f"{draw.getrandbits(32):08x}-{number % 65536:04x}-4{draw.getrandbits(12):03x}-8"
                         f"{draw.getrandbits(12):03x}-{number:012x}",
        "occurred_at": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "tenant_id": f"t-{number % 50}", "provider": "openai",
        "request_model": "gpt-5", "input_tokens": 9, "output_tokens": 9}
    room = size - len(json.dumps(record, separators=(",", ":")))
    padding = min(room, METADATA_BYTES_MAX) - len(',"metadata":{"p":""}')
    if padding >= 0:
        record["metadata"] = {"p": "x" * padding}
    if room > METADATA_BYTES_MAX:
        record["prompt"] = "x" * max(0, room - METADATA_BYTES_MAX - len(',"prompt":""'))
    print(json.dumps(record, separators=(",", ":")))
