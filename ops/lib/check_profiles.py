# SPDX-License-Identifier: Apache-2.0
"""What the profiles make of real telemetry, beside the independent reading of it.

Usage: check_profiles.py otlp DAYBOOK PROFILES DIRECTORY
       check_profiles.py litellm DAYBOOK PROFILES DIRECTORY
       check_profiles.py cloudtrail DAYBOOK PROFILES FILE
       check_profiles.py sums DIRECTORY EVENTS TIMES

DIRECTORY is that of emit_otlp.py or emit_litellm.py. `sums` compares the database (psql connects by
DAYBOOK_ADMIN_DATABASE_URL) with the reading; there DIRECTORY has those of both, as otlp and litellm, EVENTS is the
number of events of CloudTrail, and the spans were sent so many TIMES. Exit code 1 when anything differs.
"""

import collections
import csv
import decimal
import json
import os
import pathlib
import subprocess
import sys

TOKENS = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens",
          "reasoning_output_tokens", "audio_input_tokens", "audio_output_tokens")
ROUTED = 2  # requests that emit_litellm.py sends through a router, of each kind
SHOWN = 5  # differences of each kind


class Report:
    def __init__(self):
        self.differences = collections.Counter()

    def expect(self, what, expected, found, of=""):
        """`what` is the kind of the difference, `of` which one it is."""
        if expected != found:
            self.differences[what] += 1
            if self.differences[what] <= SHOWN:
                print(f"DIFFERENT {what} {of}: expected {expected}, found {found}", file=sys.stderr)

    def rows(self, what, expected, found):
        """Rows by their identities, column by column."""
        for identity in sorted(expected.keys() | found.keys()):
            if identity not in expected or identity not in found:
                self.expect(f"{what}: a row", expected.get(identity), found.get(identity))
                continue
            for column in sorted(expected[identity].keys() | (found[identity].keys() & CHECKED_IF_THERE)):
                self.expect(f"{what}: {column}", as_text(expected[identity].get(column)),
                            as_text(found[identity].get(column)), identity)

    def end(self):
        for what, count in self.differences.items():
            print(f"DIFFERENT {what}: {count} times", file=sys.stderr)
        sys.exit(1 if self.differences else 0)


# Where the reading has nothing, the row must have nothing.
CHECKED_IF_THERE = {"cost", "currency", "error_type", "response_id", "response_model", "stream", "finish_reasons",
                    "conversation_id", "duration_ms", "time_to_first_token_ms"}


def as_text(value):
    if isinstance(value, bool):
        return str(value).lower()
    return value if value is None or isinstance(value, list) else str(value)


def validate(daybook, profiles, profile, files):
    """Rows by identity, and how often each verdict was; the same row twice is a duplicate."""
    command = [daybook, "validate", "--profile", profile, "--profile-dir", profiles, "--json", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 65):
        sys.exit(f"daybook validate ended with {done.returncode}: {done.stderr}")
    rows, verdicts, fields, summary = {}, collections.Counter(), collections.Counter(), None
    for line in map(json.loads, done.stdout.splitlines()):
        if "summary" in line:
            summary = line["summary"]
        elif "skipped" in line:
            verdicts["skipped"] += 1
        elif line["accepted"]:
            verdicts["row"] += 1
            row = line["row"]
            rows[row.get("invocation_id") or row["event_id"]] = row
        else:
            verdicts["refused"] += 1
            fields[tuple(sorted(fault["field"] or fault["reason"] for fault in line["faults"]))] += 1
    if summary is None:
        sys.exit(f"daybook validate of {files[0].name} ended without a summary: {done.stderr}")
    return rows, verdicts, fields, summary


def read_lines(path):
    with open(path) as lines:
        return [json.loads(line) for line in lines]


def expected_otlp(directory):
    lines = [line for path in sorted(pathlib.Path(directory).glob("*.expected")) for line in read_lines(path)]
    return ([line for line in lines if line["signal"] == "span"], [line for line in lines if line["signal"] == "log"])


def rows_of(lines):
    return {line["row"]["invocation_id"]: line["row"] for line in lines if line["verdict"] == "row"}


def check_otlp(daybook, profiles, directory):
    report, directory = Report(), pathlib.Path(directory)
    spans, logs = expected_otlp(directory)
    for part, profile, expected in (("a", "otlp", spans), ("b", "otlp", spans), ("logs", "otlp-logs", logs)):
        protobuf = validate(daybook, profiles, profile, sorted((directory / part).glob("*.pb")))
        text = validate(daybook, profiles, profile, [directory / f"{part}.ndjson"])
        report.expect(f"verdicts in Protobuf and JSON of {part}", *(dict(read[1]) for read in (protobuf, text)))
        for identity in protobuf[0].keys() | text[0].keys():
            report.expect("a row in Protobuf and JSON", protobuf[0].get(identity), text[0].get(identity), identity)
        counts = collections.Counter(line["verdict"] for line in expected)
        report.expect(f"verdicts of {part}", dict(counts), dict(protobuf[1]))
        missing = collections.Counter(tuple(sorted(line["fields"])) for line in expected if "fields" in line)
        report.expect(f"refused fields of {part}", dict(missing), dict(protobuf[2]))
        report.expect(f"fields of {part} that look like usage and are not read", {}, protobuf[3]["not_read"])
        report.expect(f"duplicates of {part}", 0, protobuf[3]["duplicates"])
        unknown = protobuf[3]["skipped"].get("other_operation", 0)
        report.expect(f"spans of {part} that are skipped because nobody knows what they are", 0, unknown)
        report.rows(part, rows_of(expected), protobuf[0])
        print(f"otlp, {part:4}: {protobuf[3]['records']:3} requests, {len(expected):4} items, {counts['row']} rows, "
              f"{counts['skipped']} skipped, {counts['refused']} refused; Protobuf and JSON alike")
    of_spans, of_logs = rows_of(spans), rows_of(logs)
    report.expect("log records without a span of their identity", [], sorted(of_logs.keys() - of_spans.keys()))
    check_billed(report, directory)
    report.end()


def check_billed(report, directory):
    """Whatever the provider has billed and told the client is in one row, of every dialect."""
    for path in sorted(directory.glob("*.billed")):
        told = [line for line in read_lines(path) if line["visible"]]
        rows = [line["row"] for line in read_lines(path.with_suffix(".expected"))
                if line["verdict"] == "row" and line["signal"] == "span"]
        used = collections.Counter((row.get("input_tokens"), row["output_tokens"] if "output_tokens" in row else None)
                                   for row in rows)
        lost = [bill for bill in told if not used[bill["input"], bill["output"]]]
        more = [bill for bill in told if used[bill["input"], bill["output"]] > 1]
        report.expect(f"what {path.stem} billed and no row has", [], lost)
        report.expect(f"what {path.stem} billed and more than one row has", [], more)
        if told:
            print(f"otlp, {path.stem}: {len(told)} answers were billed, each is one row")


def check_litellm(daybook, profiles, directory):
    """Every payload is one row, in each format of the callback, with what LiteLLM computed."""
    report, directory = Report(), pathlib.Path(directory)
    payloads = read_lines(directory / "expected.ndjson")
    expected = {attempt_of(payload["call"], payload["row"]): payload["row"] for payload in payloads}
    report.expect("payloads that differ by call, start and status", len(payloads), len(expected))
    before = None
    for form in ("json_array", "ndjson", "single"):
        rows, verdicts, fields, summary = validate(daybook, profiles, "litellm", [directory / f"{form}.ndjson"])
        report.expect(f"verdicts of {form}", {"row": len(payloads)}, dict(verdicts))
        report.expect(f"refused fields of {form}", {}, dict(fields))
        report.expect(f"duplicates of {form}", 0, summary["duplicates"])
        report.expect(f"fields of {form} that look like usage and are not read", {}, summary["not_read"])
        report.expect(f"identities of {form}", len(payloads), len(rows))
        report.expect(f"rows of {form} and of the format before", before or rows, rows)
        report.rows(form, expected, {attempt_of(row["metadata"]["litellm_call_id"], row): row for row in rows.values()})
        again = validate(daybook, profiles, "litellm", [directory / f"{form}.ndjson"] * 2)
        report.expect(f"duplicates of {form}, sent twice", len(payloads), again[3]["duplicates"])
        print(f"litellm, {form}: {summary['records']} records, {len(payloads)} payloads, {verdicts['row']} rows")
        before = rows
    check_attempts(report, payloads)
    report.end()


def attempt_of(call, row):
    return call, row["occurred_at"], row["status"]


def check_attempts(report, payloads):
    """What retries and fallbacks of one request have in common, as the profile takes it."""
    of_proxy = collections.defaultdict(list)
    for payload in payloads:
        if payload["call"].startswith("of-the-proxy"):
            of_proxy[payload["call"]].append(payload)
    of_trace = collections.defaultdict(list)
    for payload in payloads:
        of_trace[payload["trace"]].append(payload)
    requests = [attempts for attempts in of_trace.values() if len(attempts) > 1]
    for attempts in requests:
        failed = [one for one in attempts if one["row"]["status"] == "failure"]
        calls = 1 if attempts[0]["call"] in of_proxy else 4
        report.expect("attempts of a request (all, failed)", (4, 3), (len(attempts), len(failed)))
        report.expect("call ids of the attempts of a request", calls, len({one["call"] for one in attempts}))
        # Of those that failed at one deployment nothing differs but the start, where the proxy gave the call id.
        report.expect("ids of failed attempts", min(calls, 3), len({(one["call"], one["id"]) for one in failed}))
        report.expect("deployments of failed attempts", 1, len({one["deployment"] for one in failed}))
    report.expect("requests behind a proxy, and of a program", (ROUTED, ROUTED),
                  (len(of_proxy), len(requests) - len(of_proxy)))
    print(f"litellm, {len(requests)} requests with retries and fallback: 4 attempts each share a trace, behind the "
          "proxy also litellm_call_id; failed attempts then differ by their start only; all are rows")
    report.expect("answers from the cache", True, any(payload["row"].get("cost") == "0" for payload in payloads))


def check_cloudtrail(daybook, profiles, file):
    report = Report()
    rows, verdicts, _, summary = validate(daybook, profiles, "cloudtrail", [file])
    events = read_lines(file)
    report.expect("rows of CloudTrail", len(events), len(rows))
    for event in events:
        row = rows.get(event["eventID"].lower())
        if row is None:
            report.expect("an event", event["eventID"], None)
            continue
        time = event["eventTime"].replace("Z", ".000000Z")
        said = ": ".join(event[name] for name in ("errorCode", "errorMessage") if name in event)[:1024] or None
        for column, value in (("occurred_at", time), ("tenant_id", event["recipientAccountId"]),
                              ("outcome", "failure" if "errorCode" in event else "success"), ("reason", said)):
            report.expect(column, value, row.get(column), event["eventID"])
    print(f"cloudtrail: {summary['records']} records, {len(rows)} of {len(events)} events are rows")
    report.end()


COLUMNS = ("count", *TOKENS, "cost")
# Where the rows are, and by what they are added up; not by provider, whose spellings the database makes one.
GROUPS = {
    "invocations": ("tenant_id", "status", "operation", "currency"),
    "costs_daily": ("tenant_id", "currency"),
    "costs_monthly": ("tenant_id", "currency"),
}


def check_sums(directory, events, times):
    report, directory = Report(), pathlib.Path(directory)
    spans, _ = expected_otlp(directory / "otlp")
    rows = list(rows_of(spans).values())
    rows += [line["row"] for line in read_lines(directory / "litellm" / "expected.ndjson")]
    for table, groups in GROUPS.items():
        # The rollups have no audio.
        columns = [name for name in COLUMNS if table == "invocations" or "audio" not in name]
        expected, stored = added_up(rows, groups, columns), sums_of(table, groups, columns)
        for group in sorted(expected.keys() | stored.keys()):
            sums = [dict(zip(columns, of.get(group) or ())) for of in (expected, stored)]
            report.expect(table, *sums, group)
        print(f"sql, {table}: {sum(int(sums[0]) for sums in stored.values())} records, "
              f"{len(stored)} groups by {', '.join(groups)}")
    [[found]] = query("SELECT count(*) FROM audit_logs WHERE source_topic = 'cloudtrail'")
    report.expect("events of CloudTrail", events, found)
    print(f"sql, audit_logs: {found} events of CloudTrail")
    [[refused, skipped]] = query("""SELECT (SELECT count(*) FROM rejected_records), sum(skipped) FROM ingest_spans
        WHERE cluster_id <> 'daybook'""")
    for verdict, found in (("refused", refused), ("skipped", skipped)):
        times_of = sum(line["verdict"] == verdict for line in spans) * int(times)
        report.expect(f"{verdict} spans", times_of, int(found))
    print(f"sql, {refused} spans were refused, and {skipped} skipped, in {times} times that they were sent")
    report.end()


def added_up(rows, groups, columns):
    sums = collections.defaultdict(lambda: [decimal.Decimal(0)] * len(columns))
    for row in rows:
        amounts = [1, *(row.get(column) or 0 for column in columns[1:])]
        group = tuple(row.get(name) or ("XXX" if name == "currency" else "") for name in groups)
        sums[group] = [before + decimal.Decimal(amount) for before, amount in zip(sums[group], amounts)]
    return {group: [plain(value) for value in values] for group, values in sums.items()}


def sums_of(table, groups, columns):
    amounts = ["count(*)" if table == "invocations" else "sum(records)",
               *(f"coalesce(sum({column}), 0)" for column in columns[1:])]
    names = ["coalesce(currency, 'XXX')" if name == "currency" else name for name in groups]
    by = ", ".join(str(number + 1) for number in range(len(names)))
    lines = query(f"SELECT {', '.join(names + amounts)} FROM {table} GROUP BY {by}")
    return {tuple(line[:len(names)]): [plain(decimal.Decimal(value)) for value in line[len(names):]] for line in lines}


def plain(number):
    return f"{number.normalize():f}" if number else "0"


def query(sql):
    command = ["psql", "-X", "--csv", "-t", "-v", "ON_ERROR_STOP=1", "-d", os.environ["DAYBOOK_ADMIN_DATABASE_URL"],
               "-c", sql]
    return list(csv.reader(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()))


CHECKS = {"sums": check_sums, "otlp": check_otlp, "litellm": check_litellm, "cloudtrail": check_cloudtrail}

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in CHECKS:
        CHECKS[sys.argv[1]](*sys.argv[2:])
    else:
        sys.exit(__doc__)
