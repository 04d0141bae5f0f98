# SPDX-License-Identifier: Apache-2.0
"""create_topics.py BROKERS PARTITIONS TOPIC...: make topics that do not exist yet.

Speaks CreateTopics version 2 of the Kafka protocol over a plain connection, because starting a JVM for
Kafka's own tool takes longer than the whole demo has, and noida-db brings no tool at all.

The topics keep their records for ever: those that we produce carry the time of their event, and a broker
whose retention is the default of 7 days drops what is older at once, read or not.
"""
import socket
import struct
import sys

CREATE_TOPICS, VERSION, TIMEOUT_SECONDS = 19, 2, 20
TOPIC_ALREADY_EXISTS = 36
CONFIGURATION = {"retention.ms": "-1"}


def text(value):
    data = value.encode()
    return struct.pack(">h", len(data)) + data


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            sys.exit("create_topics: the broker closed the connection (TLS or SASL? create the topics yourself)")
        data += part
    return data


def main():
    brokers, partitions, topics = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    host, port = brokers.split(",")[0].rsplit(":", 1)
    body = struct.pack(">i", len(topics))
    for topic in topics:
        body += text(topic) + struct.pack(">ihii", partitions, 1, 0, len(CONFIGURATION))
        body += b"".join(text(name) + text(value) for name, value in CONFIGURATION.items())
    body += struct.pack(">ib", TIMEOUT_SECONDS * 1000, 0)
    request = struct.pack(">hhi", CREATE_TOPICS, VERSION, 1) + text("daybook-ops") + body
    with socket.create_connection((host.strip("[]"), int(port)), TIMEOUT_SECONDS) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        (size,) = struct.unpack(">i", read_exactly(connection, 4))
        reply = read_exactly(connection, size)
    position = 8  # the correlation id and the throttle time
    (count,) = struct.unpack_from(">i", reply, position)
    position += 4
    for _ in range(count):
        (length,) = struct.unpack_from(">h", reply, position)
        topic = reply[position + 2 : position + 2 + length].decode()
        (code, message_length) = struct.unpack_from(">hh", reply, position + 2 + length)
        position += 6 + length + max(message_length, 0)
        if code not in (0, TOPIC_ALREADY_EXISTS):
            sys.exit(f"create_topics: {topic}: Kafka error code {code}; create it with {partitions} partitions")


main()
