# SPDX-License-Identifier: Apache-2.0
"""draw.py: one SVG for every file of perf/figures/data; run it with the Python of .daybook/venv-perf."""
import collections
import csv
import pathlib
import statistics

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({
    "svg.hashsalt": "daybook", "svg.fonttype": "none", "font.family": "sans-serif", "figure.figsize": (7, 4),
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.3})
from matplotlib import pyplot  # noqa: E402: the settings come first

HERE = pathlib.Path(__file__).parent
RATE, CPU = "#1f5fa8", "#b5532a"
SWEEPS = {  # file: its title, what the points are
    "kafka-partitions": ("Partitions of the topic", "partitions"), "months": ("Monthly partitions of the table", "months"),
    "tenants": ("Tenants in one day", "tenants"), "duplicates": ("Records that come twice", "percent"),
    "bad": ("Records that are refused", "percent"), "size": ("Size of a record", "bytes"),
    "batch-rows": ("Records of a batch (--batch-rows)", "records"), "streams": ("Both streams", ""),
    "fetch-queue": ("Records fetched ahead", "MiB"),
    "commit-delay": ("Commits that wait (commit_delay)", "microseconds")}


def read(name):
    with open(HERE / "data" / f"{name}.csv", newline="") as file:
        return list(csv.DictReader(file))


def grouped(lines, key, value):
    """Medians of a column by another one, in its order."""
    groups = collections.defaultdict(list)
    for line in lines:
        groups[line[key]].append(float(line[value]))
    return list(groups), [statistics.median(values) for values in groups.values()]


def save(figure, name):
    figure.tight_layout()
    figure.savefig(HERE / f"{name}.svg", metadata={"Date": None})
    pyplot.close(figure)


def axes(title, below):
    figure, left = pyplot.subplots()
    left.set_title(title, loc="left")
    left.set_xlabel(below)
    left.yaxis.set_major_formatter("{x:,.0f}")
    return figure, left


def right_of(left, label):
    right = left.twinx()
    right.set_ylabel(label, color=CPU)
    right.tick_params(axis="y", colors=CPU)
    right.spines["right"].set_visible(True)
    right.grid(False)
    return right


def sweep(name):
    """Rate at the left, CPU of the program and of PostgreSQL at the right; the points side by side, whatever their value."""
    lines, (title, unit) = read(name), SWEEPS[name]
    points, rates = grouped(lines, "point", "records_per_second")
    figure, left = axes(title, unit)
    left.plot(points, rates, "o-", color=RATE)
    left.set_ylabel("records/s, whole process", color=RATE)
    left.set_ylim(0, max(rates) * 1.15)
    right = right_of(left, "CPU, µs a record")
    for column, style, label in (("program_cpu_us", "s--", "Daybook"), ("postgres_cpu_us", "^:", "PostgreSQL")):
        right.plot(points, grouped(lines, "point", column)[1], style, color=CPU, label=label)
    right.set_ylim(0, right.get_ylim()[1] * 1.1)
    right.legend(frameon=False, loc="lower left")
    save(figure, name)


def records():
    lines = read("records")
    at = [int(line["records"]) / 1e6 for line in lines]
    rates = [float(line["records_per_second"]) for line in lines]
    figure, left = axes("One long run", "million records stored")
    left.plot(at, rates, "o-", color=RATE)
    left.set_ylabel("records/s since the point before", color=RATE)
    left.set_ylim(0, max(rates) * 1.15)
    right = right_of(left, "memory of the process, MiB")
    right.plot(at, [float(line["resident_mib"]) for line in lines], "s--", color=CPU)
    right.set_ylim(0, 512)
    save(figure, "records")


def table_rows():
    lines = read("table-rows")
    figure, left = axes("Rows that the table has already", "million rows before the run")
    before = [int(line["rows_before"]) / 1e6 for line in lines]
    rates = [float(line["records_per_second"]) for line in lines]
    left.plot(before, rates, "o", color=RATE)
    left.set_ylabel("records/s, whole process", color=RATE)
    left.set_ylim(0, max(rates) * 1.15)
    right = right_of(left, "CPU, µs a record")
    for column, style, label in (("program_cpu_us", "s", "Daybook"), ("postgres_cpu_us", "^", "PostgreSQL")):
        right.plot(before, [float(line[column]) for line in lines], style, color=CPU, label=label, fillstyle="none")
    right.set_ylim(0, right.get_ylim()[1] * 1.1)
    right.legend(frameon=False, loc="lower left")
    save(figure, "table-rows")


def latency_rates():
    lines = read("latency-rates")
    figure, left = axes("From produce to visible", "records/s")
    ages = list(dict.fromkeys(line["batch_age_ms"] for line in lines))
    for age, color in zip(ages, ("#1f5fa8", "#b5532a", "#3a7d44", "#7a4fa0", "#888888")):
        part = [line for line in lines if line["batch_age_ms"] == age]
        for column, style in (("p50_ms", "o-"), ("p99_ms", "s--"), ("p999_ms", "^:")):
            settings = "default settings" if age == "default" else f"--batch-age {age}"
            label = f"{column.split('_')[0].replace('999', '99.9')}, {settings}"
            left.plot(*grouped(part, "records_per_second", column), style, color=color, label=label)
    left.set_ylabel("milliseconds")
    left.set_ylim(bottom=0)
    left.legend(frameon=False, fontsize="small")
    save(figure, "latency-rates")


def bars(name, title, key, value, below):
    figure, left = axes(title, below)
    points, values = grouped(read(name), key, value)
    left.bar(points, values, color=RATE, width=0.5)
    left.set_ylabel("milliseconds")
    left.set_ylim(0, max(values) * 1.15)
    for point, number in zip(points, values):
        left.annotate(f"{number:,.0f}", (point, number), ha="center", va="bottom")
    save(figure, name)


def main():
    there = {path.stem for path in (HERE / "data").glob("*.csv")}
    for name in sorted(there & SWEEPS.keys()):
        sweep(name)
    if "records" in there:
        records()
    if "table-rows" in there:
        table_rows()
    if "latency-rates" in there:
        latency_rates()
    if "latency-start" in there:
        bars("latency-start", "From the start of the program to its first commit", "waiting", "first_commit_ms",
             "records that wait")
    if "latency-rebalance" in there:
        bars("latency-rebalance", "Longest pause of a partition while a second process joins and leaves", "event",
             "longest_pause_ms", "")


main()
