# SPDX-License-Identifier: Apache-2.0
"""check_demo.py DOCUMENT RECORDS REPORT: a report of ops/demo is what the README shows, and its sums are right.
check_demo.py --month DOCUMENT REPORT: the same for ops/demo-month, whose numbers must be those of docs/finance.md too.

The document shortens: its lines must come in the report in their order, each line's words in theirs. Numbers, times
and months are compared by kind, in the report of the month only times and months are.
"""
import re
import sys

TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z?")
MONTH = re.compile(r"\d{4}-\d\d\b")
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
NUMBER = re.compile(r"\d[\d,.]*")


def fail(text):
    sys.exit(f"check_demo: {text}")


def words(line, keeps_numbers):
    line = re.sub(r"\[[#.]{20}\]", "BAR", line)
    line = re.sub(r"noida-db|Apache Kafka", "BROKER", line)
    line = DIGEST.sub("DIGEST", MONTH.sub("MONTH", TIME.sub("TIME", line)))
    if not keeps_numbers:
        line = NUMBER.sub("0", line)
    return [word for word in line.split() if "…" not in word and word != "\\" and word.strip("-")]


def comes(wanted, line):
    """Whether the words come in the line, in their order."""
    rest = iter(line)
    return all(word in rest for word in wanted)


def transcripts(document, first):
    """The lines of the code blocks from the one that begins with `first` to the next paragraph of another subject."""
    text = open(document).read()
    start = text.index(first)
    end = text.index("\n## Commands" if "month" in first else "\n```", start)
    lines, inside = [], True
    for line in text[start:end].splitlines():
        if line.startswith("```"):
            inside = line != "```"
        elif inside:
            lines.append(line)
    return lines


def compare(shown, printed, keeps_numbers):
    printed = [words(line, keeps_numbers) for line in printed]
    section = 0
    for line in shown:
        wanted = words(line, keeps_numbers)
        if not wanted:
            continue
        # Within a table, whose order depends on the load, each line is looked for from its heading on.
        found = next((n for n in range(section, len(printed)) if comes(wanted, printed[n])), None)
        if found is None:
            fail(f"the document shows, and the report has not after its line {section + 1}: {line}")
        if line.startswith(("==", "$")):
            section = found


def number(text):
    return int(text.replace(",", ""))


def check_sums(records, text):
    produced, stored, duplicates, rejected = map(
        number, re.search(r"^([\d,]+) = ([\d,]+) \+ ([\d,]+) \+ ([\d,]+)$", text, re.M).groups())
    if not produced == records == stored + duplicates + rejected:
        fail(f"{produced} produced of {records} are not {stored} + {duplicates} + {rejected}")
    rows = {name: list(map(int, numbers.split()))
            for name, numbers in re.findall(r"^(audit_logs|invocations|total)((?:\s+\d+){6})$", text, re.M)}
    for seen, stored, duplicates, rejected, rows_there, rejected_there in rows.values():
        if seen != stored + duplicates + rejected or rows_there != stored or rejected_there != rejected:
            fail(f"a line of the audit does not add up: {seen} {stored} {duplicates} {rejected}")
    if [a + b for a, b in zip(rows["audit_logs"], rows["invocations"])] != rows["total"] or rows["total"][0] != records:
        fail("the tables are not the total")
    costs = re.findall(r"^(?:EUR|USD)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)$", text, re.M)
    if len(costs) != 2 or any(len(set(row)) != 1 for row in costs):
        fail(f"costs of rows and rollups differ: {costs}")
    count, seconds, rate = map(float, re.search(
        r"^(\d+) records in ([\d.]+) s: (\d+) records/s$", text, re.M).groups())
    if count != records or abs(count / seconds - rate) > 1:
        fail(f"{count} records in {seconds} s are not {rate} a second")


def main():
    is_month = sys.argv[1] == "--month"
    document, report = (sys.argv[2], sys.argv[3]) if is_month else (sys.argv[1], sys.argv[3])
    # Universal newlines would turn a carriage return into a line.
    text = open(report, newline="").read()
    if "\x1b" in text or "\r" in text:
        fail("escape codes or carriage returns without a terminal")
    first = "$ daybook prices import" if is_month else "$ ops/demo\n"
    shown = [line for line in transcripts(document, first)
             if not line.startswith(("$ ops/demo", "building", "Build of product"))]
    compare(shown, text.splitlines(), is_month)
    if is_month:
        if "as computed by hand" not in text or "everything adds up" not in text:
            fail("the month does not end with its sums")
    else:
        check_sums(int(sys.argv[2]), text)


main()
