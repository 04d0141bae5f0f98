# SPDX-License-Identifier: Apache-2.0
"""profile_parts.py SAMPLES_PER_SECOND RECORDS SYMBOLS: parts of a profile, in microseconds of processor time a record.

Reads `perf report --sort comm,dso,symbol --field-separator '|' --show-nr-samples` from standard input.
"""
import re
import sys
from collections import Counter

# (process, part, what is matched against "object symbol"): the first that matches has the samples.
PARTS = [
    ("daybook", "kernel: receive, send, pages", r"\[kernel|\[unknown"),
    ("daybook", "JSON: simdjson's first stage", r"simdjson"),
    ("daybook", "JSON: walk and keys", r"daybook_json|KeySet|daybook::|\$s4JSON"),
    ("daybook", "SHA-256 of the content", r"libcrypto|\$s6Digest"),
    ("daybook", "librdkafka and its copies", r"librdkafka|liblz4|libzstd|\$s5Kafka"),
    ("daybook", "libpq", r"libpq|libssl|\$s8Postgres"),
    ("daybook", "decode: fields, values, checks", r"\$s7Records.*(FieldFinder|FieldReader|RecordDecoderC(4fill|5check|"
                                                  r"6decode|12apply)|Unwrapper|TextRule|RulePlan|JSONCheck|Decimal|Envelope)"),
    ("daybook", "encode: COPY rows", r"\$s7Records|\$s10CopyFormat"),
    ("daybook", "prices", r"\$s7Pricing"),
    ("daybook", "order of rows", r"RowOrder|CopyTuple"),
    ("daybook", "identities", r"IdentityFilter"),
    ("daybook", "rollups", r"RollupTable"),
    ("daybook", "batch and poll", r"\$s6Ingest"),
    ("daybook", "memory: memmove, memchr, malloc", r"libc\.so|libstdc"),
    ("daybook", "the rest", r""),
    ("postgres", "kernel: receive, write, pages", r"\[kernel|\[unknown"),
    ("postgres", "primary key", r"_bt_|bt[a-z]*cmp|btree|index_|IndexTuple|PageIndex"),
    ("postgres", "WAL", r"XLog|CopyXLog|crc32|CRC|WAL"),
    ("postgres", "heap and buffers", r"heap|Heap|Buffer|PageAdd|LWLock|ResourceOwner|hash_search|smgr|visibility"),
    ("postgres", "reading COPY and its values", r"Copy|_recv|recv|pq_|json|numeric_|utf8|mbverify|enlarge|appendBinary"),
    ("postgres", "executor, sort, memory", r""),
    ("pgbouncer", "all of it", r""),
    ("broker", "all of it", r""),
]
KNOWN = {"daybook": r"^(daybook|rdk:)", "postgres": r"^postgres", "pgbouncer": r"^pgbouncer"}
# What watches, and what the machine does itself; the rest is the threads of the broker's JVM.
IGNORED = r"^(perf|swapper|kworker|kdamond|rcu_|ksoftirq|kcompact|khuge|migration|jbd2|kswapd|bash|python|psql|sleep)"


def process(comm):
    for name, pattern in KNOWN.items():
        if re.search(pattern, comm):
            return name
    return None if re.search(IGNORED, comm) else "broker"


def part(owner, where):
    return next(name for whose, name, pattern in PARTS if whose == owner and re.search(pattern, where))


def main():
    rate, records, symbols = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    parts, functions = Counter(), Counter()
    for line in sys.stdin:
        fields = [field.strip() for field in line.rstrip("\n").split("|", 4)]
        if len(fields) < 5 or not fields[1].isdigit():
            continue
        samples, comm, dso, symbol = int(fields[1]), *fields[2:]
        owner = process(comm)
        if owner:
            parts[owner, part(owner, f"{dso} {symbol}")] += samples
            functions[owner, f"{dso} {symbol}"] += samples

    def microseconds(samples):
        return samples / rate / records * 1e6

    print("| process | part | µs a record |\n| --- | --- | --- |")
    for owner in ("daybook", "postgres", "pgbouncer", "broker"):
        whole = sum(samples for (whose, _), samples in parts.items() if whose == owner)
        print(f"| {owner} | **together** | **{microseconds(whole):.2f}** |")
        of_owner = [(samples, name) for (whose, name), samples in parts.items() if whose == owner]
        for samples, name in sorted(of_owner, reverse=True):
            if len(of_owner) > 1:
                print(f"| | {name} | {microseconds(samples):.2f} |")
    for (owner, where), samples in functions.most_common(symbols):
        print(f"{microseconds(samples):6.3f}  {owner}  {where}")


main()
