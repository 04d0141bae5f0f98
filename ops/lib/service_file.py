# SPDX-License-Identifier: Apache-2.0
"""Makes a service file of libpq from a connection string, so that no password stands in an argument.

Reads a URI or a conninfo string from standard input; prints the section [daybook].
"""

import re
import sys
from urllib.parse import parse_qsl, unquote, urlsplit


def of_uri(text):
    parts = urlsplit(text)
    login, _, places = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    hosts, ports = [], []
    for place in places.split(","):
        host, port = re.fullmatch(r"(\[[^]]*\]|[^:]*)(?::(\d*))?", place).groups()
        hosts.append(unquote(host.strip("[]")))
        ports.append(port or "")
    found = {"user": unquote(user), "password": unquote(password), "dbname": unquote(parts.path[1:])}
    found.update({"host": ",".join(hosts), "port": ",".join(ports)})
    return {**found, **dict(parse_qsl(parts.query))}


def of_conninfo(text):
    pair = re.compile(r"\s*(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s'\\]|\\.)*)\s*", re.S)
    found, at = {}, 0
    while at < len(text):
        match = pair.match(text, at)
        if not match:
            raise ValueError
        value = match[2][1:-1] if match[2].startswith("'") else match[2]
        found[match[1]] = re.sub(r"\\(.)", r"\1", value)
        at = match.end()
    return found


def main():
    text = sys.stdin.read().strip()
    try:
        found = of_uri(text) if re.match(r"postgres(ql)?://", text) else of_conninfo(text)
        if any("\n" in value or value != value.strip() for value in found.values()):
            raise ValueError
    except (AttributeError, ValueError):
        sys.exit("neither a URI (postgresql://…) nor a conninfo string (host=… dbname=…) of libpq")
    print("[daybook]")
    for key, value in found.items():
        if value.strip(","):
            print(f"{key}={value}")


main()
