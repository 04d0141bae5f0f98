#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scrape.py PORT [COUNT]: reads /metrics of the port of loopback, over one connection.

Without COUNT ten times a second until SIGTERM, a line each: milliseconds and bytes; before the server listens, and
after it has ended, nothing is counted. With it so many in a row, and one line: CPU milliseconds of the server for
each of them, by its own process_cpu_seconds_total.
"""

import http.client
import re
import signal
import sys
import threading
import time

PERIOD_SECONDS = 0.1


def read(connection: http.client.HTTPConnection) -> bytes:
    connection.request("GET", "/metrics")
    response = connection.getresponse()
    text = response.read()
    if response.status != 200:
        sys.exit(f"scrape.py: status {response.status}")
    return text


def watch(connection: http.client.HTTPConnection) -> None:
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    while not ended.wait(PERIOD_SECONDS):
        begin = time.perf_counter()
        try:
            text = read(connection)
        except (ConnectionError, http.client.HTTPException):
            connection.close()
            continue
        print(f"{(time.perf_counter() - begin) * 1000:.3f} {len(text)}", flush=True)


def cpu_seconds(text: bytes) -> float:
    found = re.search(rb"^process_cpu_seconds_total (\S+)$", text, re.MULTILINE)
    return float(found.group(1)) if found else sys.exit("scrape.py: no process_cpu_seconds_total")


def burst(connection: http.client.HTTPConnection, count: int) -> None:
    before = cpu_seconds(read(connection))
    for _ in range(count - 1):
        read(connection)
    print(f"{(cpu_seconds(read(connection)) - before) * 1000 / count:.4f}")


def main() -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=5)
    if len(sys.argv) > 2:
        burst(connection, int(sys.argv[2]))
    else:
        watch(connection)


main()
